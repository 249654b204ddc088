/* SPDX-License-Identifier: Apache-2.0 */
#include "os-channel-private.h"
#include "os-error.h"
#include "os-fd.h"
#include "os-port-watch.h"
#include "os-stream-fd.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/file.h>
#include <termios.h>

enum {
    PIECE = 4096,       /* what the driver hands out at once: its buffers are a page each */
    REST_MAX = 1 << 20, /* bytes kept of a host that left; the port's own buffers hold half of it */
    BEGIN = 0xFF,       /* what a host that starts afresh sends first; no part of UTF-8 */
};

/*
 * What a virtio port says (drivers/char/virtio_console.c): reading gives 0 while it is empty and
 * no host is attached, EAGAIN while it is empty and one is, ENODEV once it was unplugged; writing
 * without a host gives EAGAIN.  What the host left behind can still be read after it left.  Bytes
 * and the news of a host's coming take different queues, the news the slower one: so bytes without
 * a host may be those of one that left or of one that comes, and GRACE decides.
 *
 * Changes come once each (os-port-watch.h).  The level-triggered promise of os_stream_watch() is
 * kept by remembering what may still be done: set by a change, cleared by EAGAIN.  While the stream
 * is not watched a change wakes the loop all the same, so that a host that leaves is told from the
 * next one; a host can cause as many as the port has buffers, then it stands still.
 */

typedef enum {
    PORT_PROBE,  /* find out whether a host is there */
    PORT_WAIT,   /* none is: something must change first */
    PORT_SERVED, /* the stream is out */
    PORT_OVER,   /* of a port that gives one stream: it came back */
} PortState;

/* For the kernel's control work queue to tell of a host whose bytes are here already. */
#define GRACE G_USEC_PER_SEC

typedef struct Port Port;

typedef struct {
    OsStream base;
    Port *port;
    OsWatch may;       /* what has not ended in EAGAIN since the last change */
    gboolean attached; /* a host has been seen, not its bytes only */
    gboolean left;     /* the host has been seen to leave: what the port holds is the next one's */
    GByteArray *rest;  /* read ahead by the probe, or when the host left */
    gsize taken;       /* of @rest */
    OsWatch what;
    OsStreamReady ready;
    gpointer data;
} PortStream;

struct Port {
    OsChannel base;
    int fd;
    int watch;
    char *path;
    gboolean once;
    PortState state;
    PortStream *stream;
    GByteArray *next; /* read when a host had left, and taken for the beginning of the next one's */
    GSource *source;
    gpointer polled; /* the tag of @watch in @source */
};

typedef struct {
    GSource base;
    Port *port;
} PortSource;

static gboolean means_gone(int code)
{
    return code == ENODEV || code == ENXIO || code == EIO || code == EPIPE || code == ECONNRESET;
}

/* Of a read or write that moved nothing; @which is cleared until the next change. */
static OsIo port_failed(PortStream *stream, OsWatch which, GError **error)
{
    if (errno == EAGAIN) {
        stream->may &= ~which;
        return OS_IO_AGAIN;
    }
    if (means_gone(errno))
        return OS_IO_END;
    os_error(error, "failed to use port '%s'", stream->port->path);
    return OS_IO_FAILED;
}

/* Of a read that found neither bytes nor a host. */
static OsIo port_nobody(PortStream *stream)
{
    if (stream->attached)
        return OS_IO_END;
    stream->may &= ~OS_WATCH_READ;
    return OS_IO_AGAIN;
}

/* Of @bytes, read when the host had left, how many are its own.  The next host's first bytes may be
 * here before the news that it came, and with the last one's stream its sync would be lost: what
 * begins as a host begins is kept for the next stream. */
static gsize own_part(Port *port, const guint8 *bytes, gsize len)
{
    const guint8 *begin = len && !port->once ? memrchr(bytes, BEGIN, len) : NULL;
    if (!begin)
        return len;
    gsize own = (gsize)(begin - bytes);
    g_byte_array_append(port->next, begin, (guint)(len - own));
    return own;
}

static void drain(int fd, GByteArray *rest)
{
    guint8 piece[PIECE];
    ssize_t n = 1;
    while (n > 0 && rest->len < REST_MAX) {
        n = read(fd, piece, sizeof piece);
        if (n > 0)
            g_byte_array_append(rest, piece, (guint)n);
    }
}

/* Takes what the host left behind, before the next host's bytes can come after it. */
static void host_left(PortStream *stream)
{
    GByteArray *rest = stream->rest;
    guint before = rest->len;
    if (stream->left)
        return;
    drain(stream->port->fd, rest);
    if (rest->len > before) {
        gsize own = own_part(stream->port, rest->data + before, rest->len - before);
        g_byte_array_set_size(rest, before + (guint)own);
    }
    stream->left = TRUE;
    stream->may = OS_WATCH_READ | OS_WATCH_WRITE;
}

static gsize take_rest(PortStream *stream, void *buf, gsize len)
{
    gsize n = MIN(len, stream->rest->len - stream->taken);
    if (n == 0)
        return 0;
    memcpy(buf, stream->rest->data + stream->taken, n);
    stream->taken += n;
    return n;
}

/* Fills @buf as far as it goes: the driver gives a page at most in one call. */
static OsIo port_read(OsStream *base, void *buf, gsize len, gsize *got, GError **error)
{
    PortStream *stream = (PortStream *)base;
    gsize done = take_rest(stream, buf, len);
    OsIo io = stream->left ? OS_IO_END : OS_IO_DONE;

    while (io == OS_IO_DONE && done < len) {
        ssize_t n = read(stream->port->fd, (guint8 *)buf + done, len - done);
        if (n > 0)
            done += (gsize)n;
        else if (n == 0)
            io = port_nobody(stream);
        else if (errno != EINTR)
            io = port_failed(stream, OS_WATCH_READ, done ? NULL : error);
    }
    if (io == OS_IO_END && !stream->left) {
        done = own_part(stream->port, buf, done);
        stream->left = TRUE;
    }
    if (!done)
        return io;
    *got = done;
    return OS_IO_DONE;
}

static OsIo port_write(OsStream *base, const void *buf, gsize len, gsize *put, GError **error)
{
    PortStream *stream = (PortStream *)base;
    if (stream->left)
        return OS_IO_END;

    ssize_t n;
    do
        n = write(stream->port->fd, buf, len);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return port_failed(stream, OS_WATCH_WRITE, error);
    if (n == 0)
        return OS_IO_AGAIN;
    *put = (gsize)n;
    return OS_IO_DONE;
}

static void port_watch(OsStream *base, OsWatch what, OsStreamReady ready, gpointer data)
{
    PortStream *stream = (PortStream *)base;
    stream->what = what;
    stream->ready = ready;
    stream->data = data;
}

static gboolean port_half_closes(OsStream *base)
{
    return FALSE;
}

/* A host may be there already, the same or the next: the loop will find out. */
static void port_stream_free(OsStream *base)
{
    PortStream *stream = (PortStream *)base;
    Port *port = stream->port;
    port->stream = NULL;
    port->state = port->once ? PORT_OVER : PORT_PROBE;
    g_source_set_ready_time(port->source, -1);
    g_byte_array_unref(stream->rest);
    g_free(stream);
}

static const OsStreamKind port_kind = {
    .read = port_read,
    .write = port_write,
    .watch = port_watch,
    .half_closes = port_half_closes,
    .free = port_stream_free,
};

static gboolean is_hung_up(int fd)
{
    struct pollfd poller = {.fd = fd};
    return poll(&poller, 1, 0) > 0 && poller.revents & (POLLHUP | POLLERR);
}

static void serve(Port *port, const guint8 *first, guint len)
{
    PortStream *stream = g_new0(PortStream, 1);
    stream->base.kind = &port_kind;
    stream->port = port;
    stream->may = OS_WATCH_READ | OS_WATCH_WRITE;
    stream->rest = g_byte_array_new();
    g_byte_array_append(stream->rest, first, len);
    port->stream = stream;
    port->state = PORT_SERVED;
    stream->attached = !is_hung_up(port->fd);
    if (!stream->attached)
        g_source_set_ready_time(port->source, g_get_monotonic_time() + GRACE);
    port->base.events.connected(&stream->base, port->base.data);
}

static void serve_next(Port *port)
{
    g_autoptr(GByteArray) first = g_steal_pointer(&port->next);
    port->next = g_byte_array_new();
    serve(port, first->data, first->len);
}

static void lose(Port *port, const GError *error)
{
    g_source_destroy(port->source);
    port->base.events.lost(error, port->base.data);
}

/* Reading is the only question that tells bytes without a host from no host at all. */
static void probe(Port *port)
{
    guint8 first = 0;
    if (port->next->len > 0) {
        serve_next(port);
        return;
    }
    ssize_t n = read(port->fd, &first, 1);
    if (n < 0 && errno == EINTR)
        return;
    if (n > 0 || (n < 0 && errno == EAGAIN)) {
        serve(port, &first, n > 0);
        return;
    }
    port->state = PORT_WAIT;
    if (n == 0)
        return;
    g_autoptr(GError) error = NULL;
    os_error(&error, "port '%s' is gone", port->path);
    lose(port, error);
}

static void end_once(Port *port)
{
    g_autoptr(GError) error =
        g_error_new(G_IO_ERROR, G_IO_ERROR_CLOSED, "port '%s' was hung up", port->path);
    lose(port, error);
}

/* Nobody yet, or no longer. */
static void note_nobody(PortStream *stream)
{
    stream->may = OS_WATCH_READ | OS_WATCH_WRITE;
    if (stream->attached)
        host_left(stream);
}

static void note_host(PortStream *stream)
{
    stream->attached = TRUE;
    g_source_set_ready_time(stream->port->source, -1);
}

static void note(Port *port, GIOCondition seen)
{
    PortStream *stream = port->stream;
    if (seen && port->state == PORT_WAIT)
        port->state = PORT_PROBE;
    if (!stream)
        return;
    if (seen & (G_IO_HUP | G_IO_ERR))
        note_nobody(stream);
    else if (seen)
        note_host(stream);
    if (seen & G_IO_IN)
        stream->may |= OS_WATCH_READ;
    if (seen & G_IO_OUT)
        stream->may |= OS_WATCH_WRITE;
}

static void note_time(Port *port)
{
    gint64 end = g_source_get_ready_time(port->source);
    if (end < 0 || end > g_get_monotonic_time())
        return;
    g_source_set_ready_time(port->source, -1);
    host_left(port->stream);
}

static gboolean is_due(const Port *port)
{
    if (port->state == PORT_SERVED)
        return (port->stream->what & port->stream->may) != 0;
    return port->state != PORT_WAIT;
}

static gboolean port_prepare(GSource *source, int *timeout)
{
    *timeout = -1;
    return is_due(((PortSource *)source)->port);
}

static gboolean port_check(GSource *source)
{
    Port *port = ((PortSource *)source)->port;
    return is_due(port) || g_source_query_unix_fd(source, port->polled);
}

static gboolean port_dispatch(GSource *source, GSourceFunc callback, gpointer data)
{
    Port *port = ((PortSource *)source)->port;
    if (g_source_query_unix_fd(source, port->polled))
        note(port, os_port_watch_take(port->watch));
    note_time(port);
    if (!is_due(port))
        return G_SOURCE_CONTINUE;
    if (port->state == PORT_SERVED)
        port->stream->ready(&port->stream->base, port->stream->data);
    else if (port->state == PORT_PROBE)
        probe(port);
    else
        end_once(port);
    return G_SOURCE_CONTINUE;
}

static GSourceFuncs port_source_funcs = {
    .prepare = port_prepare, .check = port_check, .dispatch = port_dispatch};

static void port_free(OsChannel *base)
{
    Port *port = (Port *)base;
    g_assert(!port->stream);
    g_source_destroy(port->source);
    g_source_unref(port->source);
    os_fd_close(port->watch);
    os_fd_close(port->fd);
    g_byte_array_unref(port->next);
    g_free(port->path);
    g_free(port);
}

OsChannel *os_channel_port(int fd, const char *path, gboolean once, const OsChannelEvents *events,
                           gpointer data, GError **error)
{
    g_auto(OsFd) own = fd;
    int watch = os_port_watch_open(own, error);
    if (watch < 0) {
        g_prefix_error(error, "'%s': ", path);
        return NULL;
    }

    Port *port = g_new0(Port, 1);
    port->base = (OsChannel){.events = *events, .data = data, .free = port_free};
    port->fd = os_fd_steal(&own);
    port->watch = watch;
    port->path = g_strdup(path);
    port->once = once;
    port->next = g_byte_array_new();
    port->source = g_source_new(&port_source_funcs, sizeof(PortSource));
    ((PortSource *)port->source)->port = port;
    g_source_set_name(port->source, path);
    g_source_set_can_recurse(port->source, TRUE); /* as in os-stream.c */
    port->polled = g_source_add_unix_fd(port->source, watch, G_IO_IN);
    g_source_attach(port->source, g_main_context_get_thread_default());
    return &port->base;
}

static int open_port(const char *path, GError **error)
{
    int fd = open(path, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        os_error(error, "failed to open port '%s'", path);
    return fd;
}

OsChannel *os_channel_virtio(const OsChannelAddress *address, const OsChannelEvents *events,
                             gpointer data, GError **error)
{
    int fd = open_port(address->path, error);
    return fd < 0 ? NULL : os_channel_port(fd, address->path, FALSE, events, data, error);
}

/* The lock keeps a second agent out; TIOCEXCL would not, as root may open such a port anyway. */
static gboolean lock_serial(int fd, const char *path, GError **error)
{
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        return TRUE;
    if (errno != EWOULDBLOCK)
        return os_error(error, "failed to lock port '%s'", path);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_BUSY, "port '%s' is busy: another agent uses it",
                path);
    return FALSE;
}

/* Bytes as they are, no modem lines; what came before us is not for us. */
static gboolean set_up_serial(int fd, const char *path, GError **error)
{
    struct termios line;
    if (tcgetattr(fd, &line) < 0)
        return os_error(error, "failed to set up port '%s'", path);
    cfmakeraw(&line);
    line.c_cflag |= CLOCAL | CREAD;
    line.c_cc[VMIN] = 1;
    line.c_cc[VTIME] = 0;
    if (cfsetspeed(&line, B38400) < 0 || tcflush(fd, TCIFLUSH) < 0 ||
        tcsetattr(fd, TCSANOW, &line) < 0)
        return os_error(error, "failed to set up port '%s'", path);
    return TRUE;
}

OsChannel *os_channel_isa(const OsChannelAddress *address, const OsChannelEvents *events,
                          gpointer data, GError **error)
{
    const char *path = address->path;
    g_auto(OsFd) fd = open_port(path, error);
    if (fd < 0 || !lock_serial(fd, path, error) || !set_up_serial(fd, path, error))
        return NULL;
    return os_channel_port(os_fd_steal(&fd), path, TRUE, events, data, error);
}
