/* SPDX-License-Identifier: Apache-2.0 */
#include "os-error.h"
#include "os-stream-end.h"
#include "os-stream-private.h"

#include <string.h>

/*
 * Windows has no "can be read now": a read is started and ends when there is something.  So a
 * watched stream has a read under way into a buffer of its own, from which os_stream_read() takes,
 * and os_stream_write() leaves its bytes in a buffer that a write under way empties.
 */

enum {
    READ_SMALL = 4096,      /* what an idle stream waits with */
    READ_LARGE = 256 << 10, /* once that has been filled */
    WRITE_MAX = 256 << 10,
    /* vioserial's older drivers take no more at a time, newer ones need a descriptor for each page
     * (VIOSerialPortWrite() in vioserial/sys/Port.c) */
    PORT_WRITE_MAX = 32 << 10,
};

static gboolean has_ended(const OsOperation *op)
{
    return op->busy && !os_operation_is_running(op);
}

/* Of an operation just started; what ended at once is looked at like the rest. */
static void note_start(OsOperation *op, BOOL ok)
{
    DWORD code = ok ? ERROR_SUCCESS : GetLastError();
    op->busy = ok || code == ERROR_IO_PENDING;
    if (!op->busy)
        op->code = code;
}

/* Whatever was in it may be lost. */
static void set_size(OsOperation *op, gsize size)
{
    if (op->size == size)
        return;
    g_free(op->buf);
    op->buf = g_malloc(size);
    op->size = size;
}

static void start_read(OsStream *stream, gsize size)
{
    OsOperation *in = &stream->in;
    set_size(in, size);
    in->start = in->end = 0;
    os_completion_arm(stream->completion, &in->over);
    note_start(in, ReadFile(stream->handle, in->buf, (DWORD)size, NULL, &in->over));
}

static void start_write(OsStream *stream)
{
    OsOperation *out = &stream->out;
    os_completion_arm(stream->completion, &out->over);
    note_start(out, WriteFile(stream->handle, out->buf + out->start, (DWORD)(out->end - out->start),
                              NULL, &out->over));
}

/* The number of bytes moved by @op, which has ended; a failure is in its code. */
static gsize result(OsStream *stream, OsOperation *op)
{
    DWORD n = 0;
    op->busy = FALSE;
    if (!GetOverlappedResult(stream->handle, &op->over, &n, FALSE))
        op->code = GetLastError();
    return n;
}

/* A peer that writes nothing makes a pipe's read end with nothing: that is not its end. */
static void end_read(OsStream *stream)
{
    OsOperation *in = &stream->in;
    in->end = result(stream, in);
    if (in->end == 0 && !in->code && stream->flags != OS_STREAM_PIPE)
        in->code = ERROR_HANDLE_EOF;
}

void os_stream_end_write(OsStream *stream)
{
    OsOperation *out = &stream->out;
    gsize n = result(stream, out);
    out->start += n;
    if (!out->code && n == 0)
        out->code = ERROR_WRITE_FAULT;
    if (!out->code && out->start < out->end) {
        start_write(stream);
        return;
    }
    out->start = out->end = 0;
    if (out->size < WRITE_MAX) /* one that was filled stays for the next: there is more to send */
        set_size(out, 0);
}

/* A stream that keeps filling its buffer gets a large one, one that waits a small one. */
static gsize next_size(const OsStream *stream)
{
    gsize last = stream->in.end;
    if (last > 0 && last == stream->in.size)
        return READ_LARGE;
    return last >= READ_SMALL ? stream->in.size : READ_SMALL;
}

static gboolean can_start_read(const OsStream *stream)
{
    const OsOperation *in = &stream->in;
    return !in->busy && !in->code && !stream->hung_up && in->start == in->end;
}

static void read_ahead(OsStream *stream)
{
    if ((stream->what & OS_WATCH_READ) && can_start_read(stream))
        start_read(stream, next_size(stream));
}

/* Whether what the user watches for can be done. */
static gboolean is_ready(const OsStream *stream)
{
    return ((stream->what & OS_WATCH_READ) && !os_operation_is_running(&stream->in)) ||
           ((stream->what & OS_WATCH_WRITE) && !os_operation_is_running(&stream->out));
}

/* A write that has ended is looked at although nobody watches: there may be a rest to be written,
 * and its memory is given back. */
gboolean os_stream_is_due(const OsStream *stream)
{
    if (stream->freed)
        return !os_operation_is_running(&stream->in) && !os_operation_is_running(&stream->out);
    return has_ended(&stream->out) || is_ready(stream);
}

static gboolean stream_prepare(GSource *source, int *timeout)
{
    *timeout = -1;
    return os_stream_is_due(((OsStreamSource *)source)->stream);
}

static gboolean stream_check(GSource *source)
{
    return os_stream_is_due(((OsStreamSource *)source)->stream);
}

/* What was due may be no more, by what another source has done. */
static gboolean stream_dispatch(GSource *source, GSourceFunc callback, gpointer data)
{
    OsStream *stream = ((OsStreamSource *)source)->stream;
    if (stream->freed && os_stream_is_due(stream)) {
        os_stream_bury(stream);
        return G_SOURCE_CONTINUE;
    }
    if (has_ended(&stream->out))
        os_stream_end_write(stream);
    if (!stream->freed && is_ready(stream))
        stream->ready(stream, stream->data);
    return G_SOURCE_CONTINUE;
}

GSourceFuncs os_stream_source_funcs = {
    .prepare = stream_prepare, .check = stream_check, .dispatch = stream_dispatch};

static void attach(OsStream *stream)
{
    if (stream->source)
        return;
    stream->completion = os_completion_get();
    stream->source = g_source_new(&os_stream_source_funcs, sizeof(OsStreamSource));
    ((OsStreamSource *)stream->source)->stream = stream;
    g_source_set_name(stream->source, "stream");
    g_source_attach(stream->source, g_main_context_get_thread_default());
}

OsStream *os_stream_of_handle(HANDLE handle, OsStreamFlags flags)
{
    OsStream *stream = g_new0(OsStream, 1);
    stream->handle = handle;
    stream->flags = flags;
    return stream;
}

static OsIo ended(const OsStream *stream, DWORD code, const char *verb, GError **error)
{
    if (stream->hung_up || os_stream_is_end(code, (stream->flags & OS_STREAM_PORT) != 0))
        return OS_IO_END;
    os_error_code(error, (int)code, "failed to %s", verb);
    return OS_IO_FAILED;
}

/* Tries once: a peer that writes nothing again and again must not keep the loop. */
static OsIo fetch(OsStream *stream, GError **error)
{
    OsOperation *in = &stream->in;
    if (can_start_read(stream))
        start_read(stream, next_size(stream));
    if (os_operation_is_running(in))
        return OS_IO_AGAIN;
    if (in->busy)
        end_read(stream);
    if (in->start < in->end)
        return OS_IO_DONE;
    if (in->code || stream->hung_up)
        return ended(stream, in->code, "read", error);
    read_ahead(stream);
    return OS_IO_AGAIN;
}

OsIo os_stream_read(OsStream *stream, void *buf, gsize len, gsize *got, GError **error)
{
    OsOperation *in = &stream->in;
    attach(stream);
    OsIo io = fetch(stream, error);
    if (io != OS_IO_DONE)
        return io;

    gsize n = MIN(len, in->end - in->start);
    memcpy(buf, in->buf + in->start, n);
    in->start += n;
    read_ahead(stream);
    *got = n;
    return OS_IO_DONE;
}

OsIo os_stream_write(OsStream *stream, const void *buf, gsize len, gsize *put, GError **error)
{
    OsOperation *out = &stream->out;
    attach(stream);
    if (has_ended(out))
        os_stream_end_write(stream);
    if (out->busy)
        return OS_IO_AGAIN;
    if (out->code || stream->hung_up)
        return ended(stream, out->code, "write", error);

    gsize n = MIN(len, stream->flags & OS_STREAM_PORT ? PORT_WRITE_MAX : WRITE_MAX);
    set_size(out, n);
    memcpy(out->buf, buf, n);
    out->end = n;
    start_write(stream);
    if (has_ended(out))
        os_stream_end_write(stream);
    if (out->code)
        return ended(stream, out->code, "write", error);
    *put = n;
    return OS_IO_DONE;
}

void os_stream_watch(OsStream *stream, OsWatch what, OsStreamReady ready, gpointer data)
{
    attach(stream);
    stream->what = what;
    stream->ready = ready;
    stream->data = data;
    read_ahead(stream);
}

gboolean os_stream_half_closes(OsStream *stream)
{
    return (stream->flags & OS_STREAM_SOCKET) != 0;
}

void os_stream_on_free(OsStream *stream, OsStreamFreed freed, gpointer data)
{
    stream->on_free = freed;
    stream->on_free_data = data;
}
