/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-stream.h"
#include <gio/gio.h>
#include <string.h>

/* More calls than any test needs: the watcher is spinning. */
#define SETTLE_MAX 1000000u

/* One thing to happen to a reader. */
typedef struct {
    OsIo io;
    GBytes *bytes; /* with OS_IO_DONE */
    char *reason;  /* with OS_IO_FAILED */
    gsize used;    /* of bytes */
    gboolean seen;
} Event;

struct OsStream {
    FakeStream *fake;
};

struct FakeStream {
    OsStream stream;
    gboolean closed;
    gboolean half_closes;

    GQueue events; /* of Event */
    gsize write_limit;
    gsize total_limit;
    OsIo write_io; /* OS_IO_DONE: as the limits say */
    char *write_reason;

    GString *written;
    guint writes;
    const void *last_buffer;

    OsWatch watched;
    OsStreamReady ready;
    gpointer ready_data;
};

static void event_free(Event *event)
{
    g_clear_pointer(&event->bytes, g_bytes_unref);
    g_free(event->reason);
    g_free(event);
}

FakeStream *fake_stream_new(void)
{
    FakeStream *fake = g_new0(FakeStream, 1);

    fake->stream.fake = fake;
    fake->half_closes = TRUE;
    g_queue_init(&fake->events);
    fake->write_limit = G_MAXSIZE;
    fake->total_limit = G_MAXSIZE;
    fake->write_io = OS_IO_DONE;
    fake->written = g_string_new(NULL);
    return fake;
}

void fake_stream_free(FakeStream *fake)
{
    if (!fake)
        return;
    g_queue_clear_full(&fake->events, (GDestroyNotify)event_free);
    g_free(fake->write_reason);
    g_string_free(fake->written, TRUE);
    g_free(fake);
}

OsStream *fake_stream_end(FakeStream *fake)
{
    return &fake->stream;
}

gboolean fake_stream_is_closed(const FakeStream *fake)
{
    return fake->closed;
}

static Event *queue_event(FakeStream *fake, OsIo io)
{
    Event *event = g_new0(Event, 1);

    event->io = io;
    g_queue_push_tail(&fake->events, event);
    return event;
}

void fake_stream_feed(FakeStream *fake, const void *bytes, gsize length)
{
    if (length > 0)
        queue_event(fake, OS_IO_DONE)->bytes = g_bytes_new(bytes, length);
}

void fake_stream_feed_text(FakeStream *fake, const char *text)
{
    fake_stream_feed(fake, text, strlen(text));
}

void fake_stream_feed_cut(FakeStream *fake, const void *bytes, gsize length, gsize cut)
{
    for (gsize at = 0; at < length; at += cut)
        fake_stream_feed(fake, (const char *)bytes + at, MIN(cut, length - at));
}

void fake_stream_feed_again(FakeStream *fake)
{
    queue_event(fake, OS_IO_AGAIN);
}

void fake_stream_feed_end(FakeStream *fake)
{
    queue_event(fake, OS_IO_END);
}

void fake_stream_feed_failure(FakeStream *fake, const char *reason)
{
    queue_event(fake, OS_IO_FAILED)->reason = g_strdup(reason);
}

gboolean fake_stream_is_drained(const FakeStream *fake)
{
    const Event *event = g_queue_peek_head((GQueue *)&fake->events);

    return !event || event->seen;
}

static OsIo read_bytes(FakeStream *fake, Event *event, void *buf, gsize len, gsize *got)
{
    gsize size;
    const char *data = g_bytes_get_data(event->bytes, &size);
    gsize part = MIN(len, size - event->used);

    memcpy(buf, data + event->used, part);
    event->used += part;
    if (event->used == size)
        event_free(g_queue_pop_head(&fake->events));
    *got = part;
    return OS_IO_DONE;
}

OsIo os_stream_read(OsStream *stream, void *buf, gsize len, gsize *got, GError **error)
{
    FakeStream *fake = stream->fake;
    Event *event = g_queue_peek_head(&fake->events);

    g_assert_false(fake->closed);
    g_assert_cmpuint(len, >, 0);
    if (!event)
        return OS_IO_AGAIN;
    if (event->io == OS_IO_DONE)
        return read_bytes(fake, event, buf, len, got);
    if (event->io == OS_IO_AGAIN) {
        event_free(g_queue_pop_head(&fake->events));
        return OS_IO_AGAIN;
    }
    event->seen = TRUE;
    if (event->io == OS_IO_FAILED)
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, event->reason);
    return event->io;
}

void fake_stream_limit_write(FakeStream *fake, gsize most)
{
    fake->write_limit = most;
}

void fake_stream_limit_total(FakeStream *fake, gsize most)
{
    fake->total_limit = most;
}

void fake_stream_end_writes(FakeStream *fake)
{
    fake->write_io = OS_IO_END;
}

void fake_stream_fail_writes(FakeStream *fake, const char *reason)
{
    fake->write_io = OS_IO_FAILED;
    g_free(fake->write_reason);
    fake->write_reason = g_strdup(reason);
}

OsIo os_stream_write(OsStream *stream, const void *buf, gsize len, gsize *put, GError **error)
{
    FakeStream *fake = stream->fake;
    gsize part = MIN(len, MIN(fake->write_limit, fake->total_limit));

    g_assert_false(fake->closed);
    g_assert_cmpuint(len, >, 0);
    if (fake->write_io == OS_IO_FAILED)
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, fake->write_reason);
    if (fake->write_io != OS_IO_DONE)
        return fake->write_io;
    if (part == 0)
        return OS_IO_AGAIN;
    g_string_append_len(fake->written, buf, (gssize)part);
    if (fake->total_limit != G_MAXSIZE)
        fake->total_limit -= part;
    fake->writes++;
    fake->last_buffer = buf;
    *put = part;
    return OS_IO_DONE;
}

const GString *fake_stream_written(const FakeStream *fake)
{
    return fake->written;
}

guint fake_stream_writes(const FakeStream *fake)
{
    return fake->writes;
}

const void *fake_stream_last_buffer(const FakeStream *fake)
{
    return fake->last_buffer;
}

void fake_stream_forget(FakeStream *fake)
{
    g_string_truncate(fake->written, 0);
    fake->writes = 0;
}

void os_stream_watch(OsStream *stream, OsWatch what, OsStreamReady ready, gpointer data)
{
    FakeStream *fake = stream->fake;

    g_assert_false(fake->closed);
    g_assert_true(what == OS_WATCH_NONE || ready != NULL);
    fake->watched = what;
    fake->ready = ready;
    fake->ready_data = data;
}

OsWatch fake_stream_watched(const FakeStream *fake)
{
    return fake->watched;
}

gboolean fake_stream_wake(FakeStream *fake)
{
    if (fake->watched == OS_WATCH_NONE)
        return FALSE;
    fake->ready(&fake->stream, fake->ready_data);
    return TRUE;
}

/* An AGAIN at the head of the script is a moment without news, which wakes nobody and passes. */
static gboolean has_news(FakeStream *fake)
{
    const Event *event = g_queue_peek_head(&fake->events);

    if ((fake->watched & OS_WATCH_WRITE) &&
        (fake->write_io != OS_IO_DONE || MIN(fake->write_limit, fake->total_limit) > 0))
        return TRUE;
    if (!(fake->watched & OS_WATCH_READ) || !event)
        return FALSE;
    if (event->io == OS_IO_AGAIN) {
        event_free(g_queue_pop_head(&fake->events));
        return has_news(fake);
    }
    return TRUE;
}

guint fake_stream_settle(FakeStream *fake)
{
    guint calls = 0;

    while (has_news(fake) && fake_stream_wake(fake))
        g_assert_cmpuint(++calls, <, SETTLE_MAX);
    return calls;
}

gboolean os_stream_half_closes(OsStream *stream)
{
    return stream->fake->half_closes;
}

void fake_stream_set_half_closes(FakeStream *fake, gboolean half_closes)
{
    fake->half_closes = half_closes;
}

void os_stream_free(OsStream *stream)
{
    if (!stream)
        return;
    g_assert_false(stream->fake->closed);
    stream->fake->closed = TRUE;
    stream->fake->watched = OS_WATCH_NONE;
}
