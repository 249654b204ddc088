/* SPDX-License-Identifier: Apache-2.0 */
#include "os-stream-private.h"

#include <winsock2.h>

/*
 * The buffers belong to the system while an operation is under way, and cancelling takes its time;
 * a stream that is freed meanwhile stays behind as a remnant, a source and the two operations,
 * until they have ended.  So nothing here waits for a driver, but for a moment where bytes would be
 * lost.
 */

enum {
    /* ms that a freed port has for what it is writing: a stuck one must not hold the agent up */
    PORT_PATIENCE = 200,
};

static void close_handle(OsStream *stream)
{
    if (!stream->handle)
        return;
    if (stream->flags & OS_STREAM_SOCKET)
        closesocket((SOCKET)stream->handle);
    else
        CloseHandle(stream->handle);
    stream->handle = NULL;
}

static void cancel(OsStream *stream, OsOperation *op)
{
    if (os_operation_is_running(op))
        CancelIoEx(stream->handle, &op->over);
}

/* A device is let go of at once, or its driver could not be removed. */
static void release_port(OsStream *stream)
{
    cancel(stream, &stream->out);
    close_handle(stream);
}

void os_stream_hang_up(OsStream *stream)
{
    stream->hung_up = TRUE;
    cancel(stream, &stream->in);
    if (stream->flags & OS_STREAM_PORT)
        release_port(stream);
}

/* Bytes of a pipe that were not taken in one go need another write. */
void os_stream_bury(OsStream *stream)
{
    if (stream->out.busy)
        os_stream_end_write(stream);
    if (stream->out.busy)
        return;
    if (stream->source) {
        g_source_destroy(stream->source);
        g_source_unref(stream->source);
        os_completion_put(stream->completion);
    }
    close_handle(stream);
    g_free(stream->in.buf);
    g_free(stream->out.buf);
    g_free(stream);
}

/* FALSE if @deadline, in monotonic time, has passed.  The event may have been another operation's,
 * which is not missed (os-completion.h): the caller looks again. */
static gboolean wait_until(const OsStream *stream, gint64 deadline)
{
    gint64 left = deadline - g_get_monotonic_time();
    if (left <= 0)
        return FALSE;
    WaitForSingleObject(os_completion_event(stream->completion), (DWORD)(left / 1000 + 1));
    return TRUE;
}

/* A serial port forgets what it has not sent when it is closed. */
static void linger(OsStream *stream)
{
    gint64 deadline = g_get_monotonic_time() + PORT_PATIENCE * 1000;
    while (os_operation_is_running(&stream->out) && wait_until(stream, deadline))
        continue;
}

static gboolean nothing(gpointer data)
{
    return G_SOURCE_CONTINUE;
}

void os_stream_free(OsStream *stream)
{
    if (!stream)
        return;
    OsStreamFreed on_free = stream->on_free;
    gpointer data = stream->on_free_data;

    stream->freed = TRUE;
    cancel(stream, &stream->in);
    if (stream->flags & OS_STREAM_PORT) {
        linger(stream);
        release_port(stream);
    }
    if (os_stream_is_due(stream))
        os_stream_bury(stream);
    else
        g_source_set_callback(stream->source, nothing, NULL, NULL); /* by which it is found */
    if (on_free)
        on_free(data);
}

void os_stream_settle(guint patience)
{
    GMainContext *context = g_main_context_get_thread_default();
    gint64 deadline = g_get_monotonic_time() + (gint64)patience * 1000;
    GSource *found;

    while ((found = g_main_context_find_source_by_funcs_user_data(context, &os_stream_source_funcs,
                                                                  NULL))) {
        OsStream *remnant = ((OsStreamSource *)found)->stream;
        if (os_stream_is_due(remnant))
            os_stream_bury(remnant);
        else if (!wait_until(remnant, deadline))
            return;
    }
}
