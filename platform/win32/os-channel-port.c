/* SPDX-License-Identifier: Apache-2.0 */
#include "os-channel-private.h"
#include "os-error.h"
#include "os-handle.h"
#include "os-port-news.h"
#include "os-stream-handle.h"
#include "os-utf16.h"

/*
 * The channel keeps the port open, each stream has a duplicate of its handle: vioserial discards
 * what a host wrote once the port is closed.
 *
 * News comes on threads of Windows.  They leave it here and wake the loop; one that announces the
 * port's removal waits until the handles are closed, as Windows asks of it ("Registering for
 * Notification of Device Interface Arrival and Device Removal" in MSDN), or the driver could not be
 * updated while an agent runs.
 */

/* Milliseconds a removal waits for the loop; Windows gives up on it by itself after 30 s. */
enum { RELEASE_PATIENCE = 5000 };

typedef struct {
    OsChannel base;
    HANDLE port; /* NULL: closed */
    char *path;
    const OsPortCalls *calls; /* NULL: it gives one stream */
    gpointer listener;
    HANDLE released; /* event: @port and its duplicates are closed */
    GMutex lock;
    OsPortNews news; /* guarded by @lock: what has not been looked at */
    OsStream *stream;
    gboolean served; /* at least once */
    GSource *source; /* due when there is something to look at */
} PortChannel;

typedef struct {
    GSource base;
    PortChannel *channel;
} PortSource;

static void wake(PortChannel *channel)
{
    g_source_set_ready_time(channel->source, 0);
}

static gboolean told(OsPortNews news, gpointer data)
{
    PortChannel *channel = data;
    g_mutex_lock(&channel->lock);
    channel->news |= news;
    g_mutex_unlock(&channel->lock);
    wake(channel);
    return news != OS_PORT_GOING ||
           WaitForSingleObject(channel->released, RELEASE_PATIENCE) == WAIT_OBJECT_0;
}

static OsPortNews take_news(PortChannel *channel)
{
    g_mutex_lock(&channel->lock);
    OsPortNews news = channel->news;
    channel->news = 0;
    g_mutex_unlock(&channel->lock);
    return news;
}

static void close_port(PortChannel *channel)
{
    os_handle_close(os_handle_steal(&channel->port));
    SetEvent(channel->released);
}

static void lose(PortChannel *channel, const char *why)
{
    g_autoptr(GError) error =
        g_error_new(G_IO_ERROR, G_IO_ERROR_CLOSED, "port '%s' %s", channel->path, why);
    if (channel->stream)
        os_stream_hang_up(channel->stream);
    close_port(channel);
    channel->base.events.lost(error, channel->base.data);
}

/* Whether a host is there is asked again: it may have left and another have come. */
static void stream_freed(gpointer data)
{
    PortChannel *channel = data;
    channel->stream = NULL;
    wake(channel);
}

static gboolean wants_stream(const PortChannel *channel)
{
    if (channel->stream)
        return FALSE;
    return channel->calls ? channel->calls->has_host(channel->calls, channel->port)
                          : !channel->served;
}

static void serve(PortChannel *channel)
{
    HANDLE own = GetCurrentProcess(), copy;
    if (!DuplicateHandle(own, channel->port, own, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS)) {
        lose(channel, "can no longer be used");
        return;
    }
    channel->served = TRUE;
    channel->stream = os_stream_of_handle(copy, OS_STREAM_PORT);
    os_stream_on_free(channel->stream, stream_freed, channel);
    channel->base.events.connected(channel->stream, channel->base.data);
}

static gboolean port_dispatch(GSource *source, GSourceFunc callback, gpointer data)
{
    PortChannel *channel = ((PortSource *)source)->channel;
    g_source_set_ready_time(source, -1);
    OsPortNews news = take_news(channel);

    if (!channel->port)
        return G_SOURCE_CONTINUE;
    if (news & (OS_PORT_GOING | OS_PORT_GONE)) {
        lose(channel, "was removed");
        return G_SOURCE_CONTINUE;
    }
    if ((news & OS_PORT_LEFT) && channel->stream)
        os_stream_hang_up(channel->stream);
    if (wants_stream(channel))
        serve(channel);
    else if (!channel->calls && !channel->stream)
        lose(channel, "was hung up");
    return G_SOURCE_CONTINUE;
}

static GSourceFuncs port_source_funcs = {.dispatch = port_dispatch};

/* The port is closed before the news ends: a removal may be waiting for that. */
static void port_free(OsChannel *base)
{
    PortChannel *channel = (PortChannel *)base;
    g_assert(!channel->stream);
    close_port(channel);
    if (channel->listener)
        channel->calls->unlisten(channel->listener);
    g_source_destroy(channel->source);
    g_source_unref(channel->source);
    os_handle_close(channel->released);
    g_mutex_clear(&channel->lock);
    g_free(channel->path);
    g_free(channel);
}

static void start(PortChannel *channel, const OsPortCalls *calls)
{
    channel->source = g_source_new(&port_source_funcs, sizeof(PortSource));
    ((PortSource *)channel->source)->channel = channel;
    g_source_set_name(channel->source, channel->path);
    g_source_attach(channel->source, g_main_context_get_thread_default());
    if (calls)
        channel->listener = calls->listen(calls, channel->port, told, channel);
    if (channel->listener)
        channel->calls = calls;
    wake(channel);
}

OsChannel *os_channel_port(HANDLE port, const char *path, const OsPortCalls *calls,
                           const OsChannelEvents *events, gpointer data, GError **error)
{
    g_auto(OsHandle) own = port;
    g_auto(OsHandle) released = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (!released)
        return os_error_null(error, "failed to watch port '%s'", path);

    PortChannel *channel = g_new0(PortChannel, 1);
    channel->base = (OsChannel){.events = *events, .data = data, .free = port_free};
    channel->port = os_handle_steal(&own);
    channel->released = os_handle_steal(&released);
    channel->path = g_strdup(path);
    g_mutex_init(&channel->lock);
    start(channel, calls);
    return &channel->base;
}

/* A port has one user; whom the driver does not let in as a second one is told by name. */
HANDLE os_channel_port_open(const char *device, const char *path, GError **error)
{
    g_autofree wchar_t *wide = os_utf16(device, error);
    if (!wide)
        return NULL;
    HANDLE port =
        CreateFileW(wide, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                    FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, NULL);
    if (port != INVALID_HANDLE_VALUE)
        return port;
    DWORD code = GetLastError();
    gboolean busy = code == ERROR_ACCESS_DENIED || code == ERROR_SHARING_VIOLATION ||
                    code == ERROR_ALREADY_EXISTS;
    os_error_code(error, (int)code, "failed to open port '%s'%s", path,
                  busy ? " (another program may have it open)" : "");
    return NULL;
}

OsChannel *os_channel_virtio(const OsChannelAddress *address, const OsChannelEvents *events,
                             gpointer data, GError **error)
{
    HANDLE port = os_channel_port_open(address->path, address->path, error);
    return port ? os_channel_port(port, address->path, &os_port_vioserial, events, data, error)
                : NULL;
}
