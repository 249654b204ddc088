/* SPDX-License-Identifier: Apache-2.0 */
#include "os-channel-private.h"
#include "os-error.h"
#include "os-fd.h"
#include "os-port-stream.h"
#include "os-port-watch.h"

#include <fcntl.h>

/*
 * Bytes and the news of a host's coming take different queues through the driver, the news the
 * slower one: so bytes without a host may be those of one that left or of one that comes, and GRACE
 * decides.  The timer runs in that state only.
 *
 * While the stream is not watched a change wakes the loop all the same, so that a host that leaves
 * is told from the next one; a host can cause as many as the port has buffers, then it stands
 * still.
 */

typedef enum {
    PORT_PROBE,  /* find out whether a host is there */
    PORT_WAIT,   /* none is: something must change first */
    PORT_SERVED, /* the stream is out */
    PORT_OVER,   /* of a port that gives one stream: it came back */
} PortState;

/* For the kernel's control work queue to tell of a host whose bytes are here already. */
#define GRACE G_USEC_PER_SEC

typedef struct {
    OsChannel base;
    OsPort port;
    int watch;
    PortState state;
    OsStream *stream;
    GSource *source;
    gpointer polled; /* the tag of @watch in @source */
} PortChannel;

typedef struct {
    GSource base;
    PortChannel *channel;
} PortSource;

static void stop_timer(PortChannel *channel)
{
    g_source_set_ready_time(channel->source, -1);
}

/* A host may be there already, the same or the next: the loop will find out. */
static void stream_freed(gpointer data)
{
    PortChannel *channel = data;
    channel->stream = NULL;
    channel->state = channel->port.next ? PORT_PROBE : PORT_OVER;
    stop_timer(channel);
}

static void serve(PortChannel *channel, const guint8 *first, gsize len)
{
    channel->stream = os_port_stream_new(&channel->port, first, len);
    channel->state = PORT_SERVED;
    if (!os_port_stream_attached(channel->stream))
        g_source_set_ready_time(channel->source, g_get_monotonic_time() + GRACE);
    channel->base.events.connected(channel->stream, channel->base.data);
}

static void serve_next(PortChannel *channel)
{
    g_autoptr(GByteArray) first = g_steal_pointer(&channel->port.next);
    channel->port.next = g_byte_array_new();
    serve(channel, first->data, first->len);
}

static void lose(PortChannel *channel, const GError *error)
{
    g_source_destroy(channel->source);
    channel->base.events.lost(error, channel->base.data);
}

/* Reading is the only question that tells bytes without a host from no host at all. */
static void probe(PortChannel *channel)
{
    guint8 first = 0;
    if (channel->port.next && channel->port.next->len > 0) {
        serve_next(channel);
        return;
    }
    ssize_t n = read(channel->port.fd, &first, 1);
    if (n < 0 && errno == EINTR)
        return;
    if (n > 0 || (n < 0 && errno == EAGAIN)) {
        serve(channel, &first, n > 0);
        return;
    }
    channel->state = PORT_WAIT;
    if (n == 0)
        return;
    g_autoptr(GError) error = NULL;
    os_error(&error, "port '%s' is gone", channel->port.path);
    lose(channel, error);
}

static void end_once(PortChannel *channel)
{
    g_autoptr(GError) error =
        g_error_new(G_IO_ERROR, G_IO_ERROR_CLOSED, "port '%s' was hung up", channel->port.path);
    lose(channel, error);
}

static void note(PortChannel *channel, GIOCondition seen)
{
    if (seen && channel->state == PORT_WAIT)
        channel->state = PORT_PROBE;
    if (!channel->stream)
        return;
    os_port_stream_note(channel->stream, seen);
    if (os_port_stream_attached(channel->stream))
        stop_timer(channel);
}

static void note_time(PortChannel *channel)
{
    gint64 end = g_source_get_ready_time(channel->source);
    if (end < 0 || end > g_get_monotonic_time())
        return;
    stop_timer(channel);
    os_port_stream_left(channel->stream);
}

static gboolean is_due(const PortChannel *channel)
{
    if (channel->state == PORT_SERVED)
        return os_port_stream_is_due(channel->stream);
    return channel->state != PORT_WAIT;
}

static gboolean port_prepare(GSource *source, int *timeout)
{
    *timeout = -1;
    return is_due(((PortSource *)source)->channel);
}

static gboolean port_check(GSource *source)
{
    PortChannel *channel = ((PortSource *)source)->channel;
    return is_due(channel) || g_source_query_unix_fd(source, channel->polled);
}

static gboolean port_dispatch(GSource *source, GSourceFunc callback, gpointer data)
{
    PortChannel *channel = ((PortSource *)source)->channel;
    if (g_source_query_unix_fd(source, channel->polled))
        note(channel, os_port_watch_take(channel->watch));
    note_time(channel);
    if (!is_due(channel))
        return G_SOURCE_CONTINUE;
    if (channel->state == PORT_SERVED)
        os_port_stream_ready(channel->stream);
    else if (channel->state == PORT_PROBE)
        probe(channel);
    else
        end_once(channel);
    return G_SOURCE_CONTINUE;
}

static GSourceFuncs port_source_funcs = {
    .prepare = port_prepare, .check = port_check, .dispatch = port_dispatch};

static void port_free(OsChannel *base)
{
    PortChannel *channel = (PortChannel *)base;
    g_assert(!channel->stream);
    g_source_destroy(channel->source);
    g_source_unref(channel->source);
    os_fd_close(channel->watch);
    os_fd_close(channel->port.fd);
    g_clear_pointer(&channel->port.next, g_byte_array_unref);
    g_free(channel->port.path);
    g_free(channel);
}

static void start(PortChannel *channel)
{
    channel->source = g_source_new(&port_source_funcs, sizeof(PortSource));
    ((PortSource *)channel->source)->channel = channel;
    g_source_set_name(channel->source, channel->port.path);
    g_source_set_can_recurse(channel->source, TRUE); /* as in os-stream.c */
    channel->polled = g_source_add_unix_fd(channel->source, channel->watch, G_IO_IN);
    g_source_attach(channel->source, g_main_context_get_thread_default());
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

    PortChannel *channel = g_new0(PortChannel, 1);
    channel->base = (OsChannel){.events = *events, .data = data, .free = port_free};
    channel->port = (OsPort){.fd = os_fd_steal(&own),
                             .path = g_strdup(path),
                             .next = once ? NULL : g_byte_array_new(),
                             .freed = stream_freed,
                             .data = channel};
    channel->watch = watch;
    start(channel);
    return &channel->base;
}

int os_channel_port_open(const char *path, GError **error)
{
    int fd = open(path, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        os_error(error, "failed to open port '%s'", path);
    return fd;
}
