/* SPDX-License-Identifier: Apache-2.0 */
#include "os-vsock.h"

#include "os-channel-private.h"
#include "os-error.h"
#include "os-handle.h"
#include "os-stream-handle.h"

typedef struct {
    OsChannel base;
    SOCKET socket;
    char *address;
    guint32 peer;    /* the only CID let in; G_MAXUINT32: any */
    gboolean warned; /* of a stranger: only once, or strangers could flood the log */
    GPollFD poll;    /* the event of @socket */
    GSource *source;
} Listener;

typedef struct {
    GSource base;
    Listener *listener;
} ListenerSource;

static gboolean admits(Listener *listener, guint32 cid)
{
    if (listener->peer == G_MAXUINT32 || cid == listener->peer)
        return TRUE;
    if (!listener->warned)
        g_warning("refused a connection to vsock '%s' from CID %u, only %u is let in",
                  listener->address, cid, listener->peer);
    listener->warned = TRUE;
    return FALSE;
}

/* Whether it was the caller that failed, or there was none after all. */
static gboolean is_passing(int code)
{
    static const int passing[] = {WSAEWOULDBLOCK, WSAEINTR, WSAECONNRESET, WSAECONNABORTED};

    for (gsize i = 0; i < G_N_ELEMENTS(passing); i++)
        if (passing[i] == code)
            return TRUE;
    return FALSE;
}

static void broke(Listener *listener, int code)
{
    g_autoptr(GError) error = NULL;
    os_error_code(&error, code, "failed to accept a connection on vsock '%s'", listener->address);
    g_source_destroy(listener->source);
    listener->base.events.lost(error, listener->base.data);
}

/* One at a time: accept() sets the event again while somebody waits (WSAEventSelect() in MSDN). */
static gboolean listener_dispatch(GSource *source, GSourceFunc callback, gpointer data)
{
    Listener *listener = ((ListenerSource *)source)->listener;
    guint32 cid = 0;

    ResetEvent((HANDLE)listener->poll.fd);
    SOCKET made = os_vsock_accept(listener->socket, &cid);
    if (made == INVALID_SOCKET) {
        int code = WSAGetLastError();
        if (!is_passing(code))
            broke(listener, code);
        return G_SOURCE_CONTINUE;
    }
    if (admits(listener, cid))
        listener->base.events.connected(os_stream_of_handle((HANDLE)made, OS_STREAM_SOCKET),
                                        listener->base.data);
    else
        closesocket(made);
    return G_SOURCE_CONTINUE;
}

static gboolean listener_check(GSource *source)
{
    return WaitForSingleObject((HANDLE)((ListenerSource *)source)->listener->poll.fd, 0) ==
           WAIT_OBJECT_0;
}

static GSourceFuncs listener_source_funcs = {.check = listener_check,
                                             .dispatch = listener_dispatch};

static void listener_free(OsChannel *base)
{
    Listener *listener = (Listener *)base;
    g_source_destroy(listener->source);
    g_source_unref(listener->source);
    closesocket(listener->socket);
    os_handle_close((HANDLE)listener->poll.fd);
    g_free(listener->address);
    g_free(listener);
}

OsChannel *os_channel_vsock(const OsChannelAddress *address, const OsChannelEvents *events,
                            gpointer data, GError **error)
{
    g_auto(OsHandle) event = CreateEventW(NULL, TRUE, FALSE, NULL);
    SOCKET made = os_vsock_listen(address->path, event, error);
    if (made == INVALID_SOCKET)
        return NULL;

    Listener *listener = g_new0(Listener, 1);
    listener->base = (OsChannel){.events = *events, .data = data, .free = listener_free};
    listener->socket = made;
    listener->address = g_strdup(address->path);
    listener->peer = address->vsock_peer;
    listener->poll = (GPollFD){.fd = (gintptr)os_handle_steal(&event), .events = G_IO_IN};
    listener->source = g_source_new(&listener_source_funcs, sizeof(ListenerSource));
    ((ListenerSource *)listener->source)->listener = listener;
    g_source_set_name(listener->source, listener->address);
    g_source_add_poll(listener->source, &listener->poll);
    g_source_attach(listener->source, g_main_context_get_thread_default());
    return &listener->base;
}
