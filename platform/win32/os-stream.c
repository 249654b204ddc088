/* SPDX-License-Identifier: Apache-2.0 */
#include "os-completion.h"
#include "os-error.h"
#include "os-stream-end.h"
#include "os-stream-handle.h"

#include <string.h>
#include <winsock2.h>

/*
 * Windows has no "can be read now": a read is started and ends when there is something.  So a
 * watched stream has a read under way into a buffer of its own, from which os_stream_read() takes,
 * and os_stream_write() leaves its bytes in a buffer that a write under way empties.
 *
 * The buffers belong to the system while an operation is under way, and cancelling takes its time;
 * a stream that is freed meanwhile stays behind as a remnant, a source and the two operations,
 * until they have ended.  So nothing here waits for a driver, but for a moment where bytes would be
 * lost.
 */

enum {
    READ_SMALL = 4096,      /* what an idle stream waits with */
    READ_LARGE = 256 << 10, /* once that has been filled */
    WRITE_MAX = 256 << 10,
    /* vioserial's older drivers take no more at a time, newer ones need a descriptor for each page
     * (VIOSerialPortWrite() in vioserial/sys/Port.c) */
    PORT_WRITE_MAX = 32 << 10,
    /* ms that a freed port has for what it is writing: a stuck one must not hold the agent up */
    PORT_PATIENCE = 200,
};

typedef struct {
    OVERLAPPED over;
    gboolean busy; /* under way, or ended and not yet looked at */
    guint8 *buf;
    gsize start, end; /* what is left in @buf: of a read to be taken, of a write to be written */
    DWORD code;       /* why there can be no more; 0: there can */
} Operation;

struct OsStream {
    HANDLE handle; /* NULL: closed already */
    OsStreamFlags flags;
    OsCompletion *completion; /* NULL: not used yet, as is @source */
    GSource *source;
    Operation in, out;
    gsize in_size;    /* of @in.buf */
    gboolean hung_up; /* nothing more is to be read or written */
    gboolean freed;
    OsWatch what;
    OsStreamReady ready;
    gpointer data;
    OsStreamFreed on_free;
    gpointer on_free_data;
};

typedef struct {
    GSource base;
    OsStream *stream;
} StreamSource;

static gboolean is_running(const Operation *op)
{
    return op->busy && !HasOverlappedIoCompleted(&op->over);
}

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

/* Of an operation just started; what ended at once is looked at like the rest. */
static void note_start(Operation *op, BOOL ok)
{
    DWORD code = ok ? ERROR_SUCCESS : GetLastError();
    op->busy = ok || code == ERROR_IO_PENDING;
    if (!op->busy)
        op->code = code;
}

static void start_read(OsStream *stream, gsize size)
{
    Operation *in = &stream->in;
    if (stream->in_size != size) {
        g_free(in->buf);
        in->buf = g_malloc(size);
        stream->in_size = size;
    }
    in->start = in->end = 0;
    os_completion_arm(stream->completion, &in->over);
    note_start(in, ReadFile(stream->handle, in->buf, (DWORD)size, NULL, &in->over));
}

static void start_write(OsStream *stream)
{
    Operation *out = &stream->out;
    os_completion_arm(stream->completion, &out->over);
    note_start(out, WriteFile(stream->handle, out->buf + out->start, (DWORD)(out->end - out->start),
                              NULL, &out->over));
}

/* The number of bytes moved by @op, which has ended; a failure is in its code. */
static gsize result(OsStream *stream, Operation *op)
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
    Operation *in = &stream->in;
    in->end = result(stream, in);
    if (in->end == 0 && !in->code && stream->flags != OS_STREAM_PIPE)
        in->code = ERROR_HANDLE_EOF;
}

static void end_write(OsStream *stream)
{
    Operation *out = &stream->out;
    gsize n = result(stream, out);
    out->start += n;
    if (!out->code && n == 0)
        out->code = ERROR_WRITE_FAULT;
    if (!out->code && out->start < out->end) {
        start_write(stream);
        return;
    }
    g_clear_pointer(&out->buf, g_free);
    out->start = out->end = 0;
}

/* A stream that keeps filling its buffer gets a large one, one that waits a small one. */
static gsize next_size(const OsStream *stream)
{
    gsize last = stream->in.end;
    if (last > 0 && last == stream->in_size)
        return READ_LARGE;
    return last >= READ_SMALL ? stream->in_size : READ_SMALL;
}

static gboolean can_start_read(const OsStream *stream)
{
    const Operation *in = &stream->in;
    return !in->busy && !in->code && !stream->hung_up && in->start == in->end;
}

static void read_ahead(OsStream *stream)
{
    if ((stream->what & OS_WATCH_READ) && can_start_read(stream))
        start_read(stream, next_size(stream));
}

static gboolean is_due(const OsStream *stream)
{
    const Operation *in = &stream->in, *out = &stream->out;
    if (stream->freed)
        return !is_running(in) && !is_running(out);
    return ((stream->what & OS_WATCH_READ) && !is_running(in)) ||
           ((stream->what & OS_WATCH_WRITE) && !is_running(out));
}

/* The end of a freed stream; bytes of a pipe that were not taken in one go need another. */
static void bury(OsStream *stream)
{
    if (stream->out.busy)
        end_write(stream);
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

static gboolean stream_prepare(GSource *source, int *timeout)
{
    *timeout = -1;
    return is_due(((StreamSource *)source)->stream);
}

static gboolean stream_check(GSource *source)
{
    return is_due(((StreamSource *)source)->stream);
}

static gboolean stream_dispatch(GSource *source, GSourceFunc callback, gpointer data)
{
    OsStream *stream = ((StreamSource *)source)->stream;
    if (!is_due(stream)) /* no more, by what another source has done */
        return G_SOURCE_CONTINUE;
    if (stream->freed)
        bury(stream);
    else
        stream->ready(stream, stream->data);
    return G_SOURCE_CONTINUE;
}

static GSourceFuncs stream_source_funcs = {
    .prepare = stream_prepare, .check = stream_check, .dispatch = stream_dispatch};

static void attach(OsStream *stream)
{
    if (stream->source)
        return;
    stream->completion = os_completion_get();
    stream->source = g_source_new(&stream_source_funcs, sizeof(StreamSource));
    ((StreamSource *)stream->source)->stream = stream;
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
    Operation *in = &stream->in;
    if (can_start_read(stream))
        start_read(stream, next_size(stream));
    if (is_running(in))
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
    Operation *in = &stream->in;
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
    Operation *out = &stream->out;
    attach(stream);
    if (out->busy && !is_running(out))
        end_write(stream);
    if (out->busy)
        return OS_IO_AGAIN;
    if (out->code || stream->hung_up)
        return ended(stream, out->code, "write", error);

    gsize n = MIN(len, stream->flags & OS_STREAM_PORT ? PORT_WRITE_MAX : WRITE_MAX);
    out->buf = g_memdup2(buf, n);
    out->end = n;
    start_write(stream);
    if (!is_running(out) && out->busy)
        end_write(stream);
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

static void cancel(OsStream *stream, Operation *op)
{
    if (is_running(op))
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

/* A serial port forgets what it has not sent when it is closed.  The event may be set by another
 * operation: then the wait is over early, and nothing else is missed (os-completion.h). */
static void linger(OsStream *stream)
{
    DWORD n;
    if (is_running(&stream->out))
        GetOverlappedResultEx(stream->handle, &stream->out.over, &n, PORT_PATIENCE, FALSE);
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
    if (is_due(stream))
        bury(stream);
    if (on_free)
        on_free(data);
}
