/* SPDX-License-Identifier: Apache-2.0 */
#include "os-channel-private.h"
#include "os-error.h"
#include "os-fd.h"
#include "os-stream-fd.h"
#include "os-vsock.h"

enum { BURST = 16 };         /* connections taken in one turn of the loop */
#define PAUSE G_USEC_PER_SEC /* before the next accept() when descriptors have run out */

typedef struct {
    OsChannel base;
    int fd;
    char *name;
    guint32 vsock_peer;
    gboolean warned; /* of a stranger: only once, or strangers could flood the log */
    GSource *source;
    gpointer polled; /* the descriptor's tag in @source; NULL: pausing */
} Listener;

typedef struct {
    GSource base;
    Listener *listener;
} ListenerSource;

typedef enum {
    ACCEPT_AGAIN, /* there may be more */
    ACCEPT_DONE,  /* nobody waits */
    ACCEPT_SHORT, /* descriptors or memory ran out */
    ACCEPT_BROKE,
} Accept;

/* accept(2): Linux hands errors of the connection just taken on to us, these are not ours. */
static Accept classify(int code)
{
    static const struct {
        int code;
        Accept meaning;
    } known[] = {
        {EAGAIN, ACCEPT_DONE},        {EINTR, ACCEPT_AGAIN},       {ECONNABORTED, ACCEPT_AGAIN},
        {ECONNRESET, ACCEPT_AGAIN},   {EPROTO, ACCEPT_AGAIN},      {EPERM, ACCEPT_AGAIN},
        {ENETDOWN, ACCEPT_AGAIN},     {ENOPROTOOPT, ACCEPT_AGAIN}, {EHOSTDOWN, ACCEPT_AGAIN},
        {EHOSTUNREACH, ACCEPT_AGAIN}, {ENETUNREACH, ACCEPT_AGAIN}, {EMFILE, ACCEPT_SHORT},
        {ENFILE, ACCEPT_SHORT},       {ENOBUFS, ACCEPT_SHORT},     {ENOMEM, ACCEPT_SHORT},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
        if (known[i].code == code)
            return known[i].meaning;
    return ACCEPT_BROKE;
}

static gboolean admits(Listener *listener, const struct sockaddr_storage *peer)
{
    if (listener->vsock_peer == G_MAXUINT32 || !os_vsock_is(peer->ss_family))
        return TRUE;
    guint32 cid = os_vsock_cid(peer);
    if (cid == listener->vsock_peer)
        return TRUE;
    if (!listener->warned)
        g_warning("refused a connection to %s from CID %u, only %u is let in", listener->name, cid,
                  listener->vsock_peer);
    listener->warned = TRUE;
    return FALSE;
}

static Accept accept_one(Listener *listener)
{
    struct sockaddr_storage peer = {0};
    socklen_t size = sizeof peer;
    g_auto(OsFd) fd =
        accept4(listener->fd, (struct sockaddr *)&peer, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd < 0)
        return classify(errno);
    if (admits(listener, &peer))
        listener->base.events.connected(os_stream_from_fd(os_fd_steal(&fd)), listener->base.data);
    return ACCEPT_AGAIN;
}

/* Waiting connections keep the socket readable, so while descriptors are short it leaves the poll
 * set for a moment.  Who waits is served then: a spare descriptor to turn them away with could be
 * snatched by another thread, and does not help when the whole system is short. */
static void pause_accepting(Listener *listener)
{
    g_source_remove_unix_fd(listener->source, g_steal_pointer(&listener->polled));
    g_source_set_ready_time(listener->source, g_get_monotonic_time() + PAUSE);
}

static void resume_accepting(Listener *listener)
{
    if (listener->polled)
        return;
    g_source_set_ready_time(listener->source, -1);
    listener->polled = g_source_add_unix_fd(listener->source, listener->fd, G_IO_IN);
}

static void broke(Listener *listener)
{
    g_autoptr(GError) error = NULL;
    os_error(&error, "failed to accept a connection on %s", listener->name);
    g_source_destroy(listener->source);
    listener->base.events.lost(error, listener->base.data);
}

/* A callback may free the channel, which destroys @source: that is looked at, not the channel. */
static gboolean listener_dispatch(GSource *source, GSourceFunc callback, gpointer data)
{
    Listener *listener = ((ListenerSource *)source)->listener;
    Accept got = ACCEPT_AGAIN;

    resume_accepting(listener);
    for (int i = 0; i < BURST && got == ACCEPT_AGAIN && !g_source_is_destroyed(source); i++)
        got = accept_one(listener);
    if (got == ACCEPT_SHORT)
        pause_accepting(listener);
    if (got == ACCEPT_BROKE)
        broke(listener);
    return G_SOURCE_CONTINUE;
}

static GSourceFuncs listener_source_funcs = {.dispatch = listener_dispatch};

static void listener_free(OsChannel *base)
{
    Listener *listener = (Listener *)base;
    g_source_destroy(listener->source);
    g_source_unref(listener->source);
    os_fd_close(listener->fd);
    g_free(listener->name);
    g_free(listener);
}

OsChannel *os_channel_listener(int fd, const char *name, guint32 vsock_peer,
                               const OsChannelEvents *events, gpointer data)
{
    Listener *listener = g_new0(Listener, 1);
    listener->base = (OsChannel){.events = *events, .data = data, .free = listener_free};
    listener->fd = fd;
    listener->name = g_strdup(name);
    listener->vsock_peer = vsock_peer;
    listener->source = g_source_new(&listener_source_funcs, sizeof(ListenerSource));
    ((ListenerSource *)listener->source)->listener = listener;
    g_source_set_name(listener->source, name);
    resume_accepting(listener);
    g_source_attach(listener->source, g_main_context_get_thread_default());
    return &listener->base;
}
