/* SPDX-License-Identifier: Apache-2.0 */
#include "link.h"

#include "failure.h"
#include "interrupt.h"
#include "os-connect.h"
#include "wire.h"

#include <string.h>

/* Bytes a read takes: so many a step can get above its limit. */
#define READ_MAX (256u * 1024)

/* An interrupt may come between the look at it and the sleep; it waits this long at most. */
#define TICK_MILLISECONDS 100

#define DELIMITER 0xFF

struct Link {
    OsStream *stream;
    VaWire *wire;
    guint tick;
    GQueue unsent;  /* GString */
    gsize sent;     /* bytes of the first of them */
    gboolean alive; /* bytes have been moved: it is connected */
    LinkStep step;
    gint64 deadline; /* monotonic time */
    gsize received;  /* bytes in this step */
};

static gboolean on_tick(gpointer data)
{
    return G_SOURCE_CONTINUE;
}

Link *link_open(const char *address, GError **error)
{
    g_autoptr(GError) problem = NULL;
    g_autoptr(OsStream) stream = os_connect(address, &problem);
    if (!stream) {
        failure_set(error, FAILURE_CONNECT, "%s", problem->message);
        return NULL;
    }
    Link *link = g_new0(Link, 1);
    link->stream = g_steal_pointer(&stream);
    link->wire = va_wire_new();
    link->tick = g_timeout_add(TICK_MILLISECONDS, on_tick, NULL);
    g_queue_init(&link->unsent);
    return link;
}

static void free_text(gpointer text)
{
    g_string_free(text, TRUE);
}

static void forget_unsent(Link *link)
{
    g_queue_clear_full(&link->unsent, free_text);
    link->sent = 0;
}

void link_free(Link *link)
{
    if (!link)
        return;
    g_source_remove(link->tick);
    forget_unsent(link);
    os_stream_free(link->stream);
    va_wire_free(link->wire);
    g_free(link);
}

void link_send(Link *link, GString *text)
{
    g_queue_push_tail(&link->unsent, text);
}

void link_begin(Link *link, const LinkStep *step)
{
    link->step = *step;
    link->deadline = g_get_monotonic_time() + (gint64)(step->seconds * G_USEC_PER_SEC);
    link->received = 0;
}

static gboolean broke(Link *link, const GError *problem, GError **error)
{
    return failure_set(error, link->alive ? FAILURE_CLOSED : FAILURE_CONNECT, "%s",
                       problem->message);
}

static void sent(Link *link, gsize size)
{
    GString *text = g_queue_peek_head(&link->unsent);
    link->alive = TRUE;
    link->sent += size;
    if (link->sent < text->len)
        return;
    g_string_free(g_queue_pop_head(&link->unsent), TRUE);
    link->sent = 0;
}

static OsIo write_some(Link *link, GError **error)
{
    const GString *text = g_queue_peek_head(&link->unsent);
    gsize put = 0;
    OsIo io =
        os_stream_write(link->stream, text->str + link->sent, text->len - link->sent, &put, error);
    if (io == OS_IO_DONE)
        sent(link, put);
    return io;
}

/* A peer that reads no more may have said why: what it sent is still read. */
static gboolean flush(Link *link, GError **error)
{
    g_autoptr(GError) problem = NULL;
    OsIo io = OS_IO_DONE;

    while (io == OS_IO_DONE && !g_queue_is_empty(&link->unsent))
        io = write_some(link, &problem);
    if (io == OS_IO_END)
        forget_unsent(link);
    return io != OS_IO_FAILED || broke(link, problem, error);
}

/* Being woken is all: what can be done is tried again. */
static void on_ready(OsStream *stream, gpointer data)
{
}

static void wait(Link *link)
{
    OsWatch what = OS_WATCH_READ | (g_queue_is_empty(&link->unsent) ? 0 : OS_WATCH_WRITE);
    os_stream_watch(link->stream, what, on_ready, link);
    g_main_context_iteration(NULL, TRUE);
}

/* Whether the step may go on. */
static gboolean check(Link *link, GError **error)
{
    if (!link->step.undisturbed && interrupt_signal() != 0)
        return failure_set(error, FAILURE_INTERRUPTED, "interrupted");
    if (g_get_monotonic_time() >= link->deadline)
        return failure_set(error, FAILURE_TIMEOUT, "no reply within %g s", link->step.seconds);
    if (link->received > link->step.limit)
        return failure_set(error, FAILURE_PROTOCOL, "the reply is longer than %u MiB",
                           (guint)(link->step.limit >> 20));
    return TRUE;
}

/* Reads once, after waiting if need be; *got can be 0. */
static gboolean receive(Link *link, char *space, gsize size, gsize *got, GError **error)
{
    g_autoptr(GError) problem = NULL;
    gsize count = 0;

    if (!check(link, error) || !flush(link, error))
        return FALSE;
    OsIo io = os_stream_read(link->stream, space, MIN(size, READ_MAX), &count, &problem);
    if (io == OS_IO_FAILED)
        return broke(link, problem, error);
    if (io == OS_IO_END)
        return failure_set(error, FAILURE_CLOSED, "the agent closed the connection");
    if (io == OS_IO_AGAIN)
        wait(link);
    link->alive = link->alive || count > 0;
    link->received += count;
    *got = count;
    return TRUE;
}

gboolean link_skip_to_delimiter(Link *link, GError **error)
{
    char bytes[4096];
    const char *found = NULL;
    gsize size = 0, got = 0;

    while (!found) {
        if (!receive(link, bytes, sizeof bytes, &got, error))
            return FALSE;
        found = memchr(bytes, DELIMITER, got);
    }
    gsize rest = got - (gsize)(found + 1 - bytes);
    memcpy(va_wire_space(link->wire, &size), found + 1, rest);
    va_wire_received(link->wire, rest);
    return TRUE;
}

static gboolean fill(Link *link, GError **error)
{
    gsize size = 0, got = 0;
    char *space = va_wire_space(link->wire, &size);

    if (!receive(link, space, size, &got, error))
        return FALSE;
    if (got > 0)
        va_wire_received(link->wire, got);
    return TRUE;
}

gboolean link_document(Link *link, VaDocument *document, GError **error)
{
    for (;;) {
        g_autoptr(GError) problem = NULL;
        switch (va_wire_next(link->wire, document, &problem)) {
        case VA_WIRE_DOCUMENT:
            return TRUE;
        case VA_WIRE_BROKEN:
            if (!link->step.forgiving)
                return failure_set(error, FAILURE_PROTOCOL, "the agent's reply is broken: %s",
                                   problem->message);
            if (!check(link, error))
                return FALSE;
            break;
        case VA_WIRE_MORE:
            if (!fill(link, error))
                return FALSE;
        }
    }
}
