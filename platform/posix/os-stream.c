/* SPDX-License-Identifier: Apache-2.0 */
#include "os-error.h"
#include "os-fd.h"
#include "os-stream-fd.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>

typedef struct {
    OsStream base;
    int fd;
    gboolean is_socket;
    char *connecting; /* whom connect() is still calling; NULL: connected */
    GSource *source;  /* made by the first watch */
    gpointer polled;  /* the descriptor's tag in @source; NULL: nothing is watched */
    OsWatch what;
    OsStreamReady ready;
    gpointer data;
} FdStream;

typedef struct {
    GSource base;
    FdStream *stream;
} FdSource;

/* OS_IO_DONE once connect() is through; the answer to the caller's read or write until then. */
static OsIo fd_connected(FdStream *stream, GError **error)
{
    struct pollfd poller = {.fd = stream->fd, .events = POLLOUT};
    int code = 0;
    socklen_t size = sizeof code;

    if (!stream->connecting)
        return OS_IO_DONE;
    if (poll(&poller, 1, 0) <= 0)
        return OS_IO_AGAIN;
    if (getsockopt(stream->fd, SOL_SOCKET, SO_ERROR, &code, &size) < 0)
        code = errno;
    if (code) {
        os_error_code(error, code, "failed to connect to '%s'", stream->connecting);
        return OS_IO_FAILED;
    }
    g_clear_pointer(&stream->connecting, g_free);
    return OS_IO_DONE;
}

/* Of a failed read or write; @verb words the error. */
static OsIo fd_failed(const char *verb, GError **error)
{
    if (errno == EAGAIN || errno == EWOULDBLOCK)
        return OS_IO_AGAIN;
    if (errno == ECONNRESET || errno == EPIPE)
        return OS_IO_END;
    os_error(error, "failed to %s", verb);
    return OS_IO_FAILED;
}

static OsIo fd_read(OsStream *base, void *buf, gsize len, gsize *got, GError **error)
{
    FdStream *stream = (FdStream *)base;
    OsIo io = fd_connected(stream, error);
    if (io != OS_IO_DONE)
        return io;

    ssize_t n;
    do
        n = read(stream->fd, buf, len);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return fd_failed("read", error);
    if (n == 0)
        return OS_IO_END;
    *got = (gsize)n;
    return OS_IO_DONE;
}

static OsIo fd_write(OsStream *base, const void *buf, gsize len, gsize *put, GError **error)
{
    FdStream *stream = (FdStream *)base;
    OsIo io = fd_connected(stream, error);
    if (io != OS_IO_DONE)
        return io;

    ssize_t n;
    do
        n = stream->is_socket ? send(stream->fd, buf, len, MSG_NOSIGNAL)
                              : write(stream->fd, buf, len);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return fd_failed("write", error);
    if (n == 0)
        return OS_IO_AGAIN;
    *put = (gsize)n;
    return OS_IO_DONE;
}

static GIOCondition conditions(OsWatch what)
{
    GIOCondition wanted = (GIOCondition)0;
    if (what & OS_WATCH_READ)
        wanted |= G_IO_IN;
    if (what & OS_WATCH_WRITE)
        wanted |= G_IO_OUT;
    return wanted;
}

/* Another source of the same turn of the loop may have changed what is watched after the poll, so
 * what was polled is compared with what is wanted now. */
static gboolean fd_dispatch(GSource *source, GSourceFunc callback, gpointer data)
{
    FdStream *stream = ((FdSource *)source)->stream;
    if (!stream->polled)
        return G_SOURCE_CONTINUE;
    GIOCondition seen = g_source_query_unix_fd(source, stream->polled);
    if (seen & (conditions(stream->what) | G_IO_HUP | G_IO_ERR | G_IO_NVAL))
        stream->ready(&stream->base, stream->data);
    return G_SOURCE_CONTINUE;
}

static GSourceFuncs fd_source_funcs = {.dispatch = fd_dispatch};

static void fd_attach(FdStream *stream)
{
    stream->source = g_source_new(&fd_source_funcs, sizeof(FdSource));
    ((FdSource *)stream->source)->stream = stream;
    g_source_set_name(stream->source, "stream");
    /* Saves two writes to the loop's eventfd per event: a source that may not recurse leaves the
     * poll set while it is dispatched (g_main_dispatch() in glib/gmain.c).  Nothing recurses. */
    g_source_set_can_recurse(stream->source, TRUE);
    g_source_attach(stream->source, g_main_context_get_thread_default());
}

/* poll() reports POLLHUP and POLLERR even for a descriptor whose events are 0: one that nobody
 * watches must leave the set, or the loop would spin on a peer that has gone. */
static void fd_watch(OsStream *base, OsWatch what, OsStreamReady ready, gpointer data)
{
    FdStream *stream = (FdStream *)base;
    stream->ready = ready;
    stream->data = data;
    if (what == stream->what)
        return;
    stream->what = what;
    if (what == OS_WATCH_NONE) {
        g_source_remove_unix_fd(stream->source, g_steal_pointer(&stream->polled));
        return;
    }
    if (!stream->source)
        fd_attach(stream);
    if (stream->polled)
        g_source_modify_unix_fd(stream->source, stream->polled, conditions(what));
    else
        stream->polled = g_source_add_unix_fd(stream->source, stream->fd, conditions(what));
}

static gboolean fd_half_closes(OsStream *base)
{
    return ((FdStream *)base)->is_socket;
}

static void fd_free(OsStream *base)
{
    FdStream *stream = (FdStream *)base;
    if (stream->source) {
        g_source_destroy(stream->source);
        g_source_unref(stream->source);
    }
    os_fd_close(stream->fd);
    g_free(stream->connecting);
    g_free(stream);
}

static const OsStreamKind fd_kind = {
    .read = fd_read,
    .write = fd_write,
    .watch = fd_watch,
    .half_closes = fd_half_closes,
    .free = fd_free,
};

OsStream *os_stream_connecting(int fd, const char *address)
{
    FdStream *stream = g_new0(FdStream, 1);
    struct stat about;

    stream->base.kind = &fd_kind;
    stream->fd = fd;
    stream->is_socket = fstat(fd, &about) == 0 && S_ISSOCK(about.st_mode);
    stream->connecting = g_strdup(address);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    g_unix_set_fd_nonblocking(fd, TRUE, NULL);
    return &stream->base;
}

OsStream *os_stream_from_fd(int fd)
{
    return os_stream_connecting(fd, NULL);
}

OsIo os_stream_read(OsStream *stream, void *buf, gsize len, gsize *got, GError **error)
{
    return stream->kind->read(stream, buf, len, got, error);
}

OsIo os_stream_write(OsStream *stream, const void *buf, gsize len, gsize *put, GError **error)
{
    return stream->kind->write(stream, buf, len, put, error);
}

void os_stream_watch(OsStream *stream, OsWatch what, OsStreamReady ready, gpointer data)
{
    stream->kind->watch(stream, what, ready, data);
}

gboolean os_stream_half_closes(OsStream *stream)
{
    return stream->kind->half_closes(stream);
}

void os_stream_free(OsStream *stream)
{
    if (stream)
        stream->kind->free(stream);
}
