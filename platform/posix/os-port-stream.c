/* SPDX-License-Identifier: Apache-2.0 */
#include "os-port-stream.h"

#include "os-error.h"
#include "os-port-rest.h"
#include "os-stream-fd.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

#define EVERYTHING (OS_WATCH_READ | OS_WATCH_WRITE)

/*
 * What a virtio port says (drivers/char/virtio_console.c): reading gives 0 while it is empty and
 * no host is attached, EAGAIN while it is empty and one is, ENODEV once it was unplugged; writing
 * without a host gives EAGAIN.  What the host left behind can still be read after it left.
 *
 * Changes come once each (os-port-watch.h).  The level-triggered promise of os_stream_watch() is
 * kept by remembering what may still be done: set by a change, cleared by EAGAIN.
 */

typedef struct {
    OsStream base;
    OsPort *port;
    OsWatch may;       /* what has not ended in EAGAIN since the last change */
    gboolean attached; /* a host has been seen, not its bytes only */
    gboolean left;     /* the host has been seen to leave: what the port holds is the next one's */
    GByteArray *rest;  /* read ahead by the probe, or when the host left */
    gsize taken;       /* of @rest */
    OsWatch what;
    OsStreamReady ready;
    gpointer data;
} PortStream;

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

/* Takes what the host left behind, before the next host's bytes can come after it. */
static void host_left(PortStream *stream)
{
    if (stream->left)
        return;
    os_port_rest_take(stream->port->fd, stream->rest, stream->port->next);
    stream->left = TRUE;
    stream->may = EVERYTHING;
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
    ssize_t n = 0;

    while (io == OS_IO_DONE && done < len) {
        n = read(stream->port->fd, (guint8 *)buf + done, len - done);
        if (n > 0)
            done += (gsize)n;
        else if (n == 0)
            io = port_nobody(stream);
        else if (errno != EINTR)
            io = port_failed(stream, OS_WATCH_READ, done ? NULL : error);
    }
    if (io == OS_IO_END && !stream->left) {
        if (n == 0) /* of an unplugged port there is no next host */
            done = os_port_rest_own(buf, done, stream->port->next);
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

static void port_stream_free(OsStream *base)
{
    PortStream *stream = (PortStream *)base;
    OsPort *port = stream->port;
    g_byte_array_unref(stream->rest);
    g_free(stream);
    port->freed(port->data);
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

OsStream *os_port_stream_new(OsPort *port, const guint8 *first, gsize len)
{
    PortStream *stream = g_new0(PortStream, 1);
    stream->base.kind = &port_kind;
    stream->port = port;
    stream->may = EVERYTHING;
    stream->attached = !is_hung_up(port->fd);
    stream->rest = g_byte_array_new();
    g_byte_array_append(stream->rest, first, (guint)len);
    return &stream->base;
}

gboolean os_port_stream_attached(const OsStream *base)
{
    return ((const PortStream *)base)->attached;
}

void os_port_stream_note(OsStream *base, GIOCondition seen)
{
    PortStream *stream = (PortStream *)base;
    if (seen & (G_IO_HUP | G_IO_ERR)) {
        stream->may = EVERYTHING;
        if (stream->attached)
            host_left(stream);
    } else if (seen) {
        stream->attached = TRUE;
    }
    if (seen & G_IO_IN)
        stream->may |= OS_WATCH_READ;
    if (seen & G_IO_OUT)
        stream->may |= OS_WATCH_WRITE;
}

void os_port_stream_left(OsStream *base)
{
    host_left((PortStream *)base);
}

gboolean os_port_stream_is_due(const OsStream *base)
{
    const PortStream *stream = (const PortStream *)base;
    return (stream->what & stream->may) != 0;
}

void os_port_stream_ready(OsStream *base)
{
    PortStream *stream = (PortStream *)base;
    stream->ready(base, stream->data);
}
