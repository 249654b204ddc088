/* SPDX-License-Identifier: Apache-2.0 */
#include "os-channel-private.h"
#include "os-error.h"
#include "os-fd.h"
#include "os-stream-fd.h"
#include "os-unix.h"
#include "os-vsock.h"

#include <fcntl.h>
#include <sys/stat.h>

enum {
    BURST = 16,         /* connections taken in one turn of the loop */
    SOCKET_MODE = 0660, /* root and, once an administrator has set it, a group */
};
#define PAUSE G_USEC_PER_SEC /* before the next accept() when descriptors have run out */

typedef struct {
    OsChannel base;
    int fd;
    char *name;
    guint32 vsock_peer;
    gboolean warned; /* of a stranger: only once, or strangers could flood the log */
    GSource *source;
    gpointer polled; /* the descriptor's tag in @source; NULL: pausing */
    char *unlink;    /* absolute path to remove at the end; NULL: none of ours */
    struct stat own; /* the socket made there */
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

static gboolean same_file(const char *path, const struct stat *about)
{
    struct stat now;
    return lstat(path, &now) == 0 && now.st_dev == about->st_dev && now.st_ino == about->st_ino;
}

/* Removes the path only if it still is the socket made here: another agent may have taken it. */
static void remove_own(const Listener *listener)
{
    if (listener->unlink && same_file(listener->unlink, &listener->own))
        unlink(listener->unlink);
}

static void listener_free(OsChannel *base)
{
    Listener *listener = (Listener *)base;
    g_source_destroy(listener->source);
    g_source_unref(listener->source);
    remove_own(listener);
    os_fd_close(listener->fd);
    g_free(listener->unlink);
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

OsChannel *os_channel_vsock(const OsChannelAddress *address, const OsChannelEvents *events,
                            gpointer data, GError **error)
{
    int fd = os_vsock_listen(address->path, error);
    g_autofree char *name = g_strdup_printf("vsock '%s'", address->path);
    return fd < 0 ? NULL : os_channel_listener(fd, name, address->vsock_peer, events, data);
}

/* Whether somebody answers at @address.  Only ECONNREFUSED says that nobody does: a full backlog
 * (EAGAIN), a socket of another type (EPROTOTYPE) or one we may not open (EACCES) is in use. */
static gboolean is_alive(const struct sockaddr_un *address)
{
    g_auto(OsFd) fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    return fd < 0 || connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 ||
           errno != ECONNREFUSED;
}

/* Makes the path free for bind(). */
static gboolean remove_stale(const struct sockaddr_un *address, GError **error)
{
    const char *path = address->sun_path;
    struct stat about;

    if (lstat(path, &about) < 0)
        return errno == ENOENT ? TRUE : os_error(error, "failed to look at '%s'", path);
    if (!S_ISSOCK(about.st_mode)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_EXISTS, "'%s' exists and is not a socket", path);
        return FALSE;
    }
    if (is_alive(address) || !same_file(path, &about)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE, "UNIX socket '%s' is in use",
                    path);
        return FALSE;
    }
    if (unlink(path) < 0)
        return os_error(error, "failed to remove the stale socket '%s'", path);
    return TRUE;
}

/* Linux gives the socket file the mode of the socket itself, less the umask (unix_bind() in
 * net/unix/af_unix.c), so the file never has wider rights than meant; what the umask took is given
 * back afterwards. */
static gboolean bind_private(int fd, const struct sockaddr_un *address, GError **error)
{
    const char *path = address->sun_path;
    if (fchmod(fd, SOCKET_MODE) < 0 ||
        bind(fd, (const struct sockaddr *)address, sizeof *address) < 0)
        return os_error(error, "failed to bind UNIX socket '%s'", path);
    if (fchmodat(AT_FDCWD, path, SOCKET_MODE, AT_SYMLINK_NOFOLLOW) < 0 ||
        listen(fd, SOMAXCONN) < 0) {
        os_error(error, "failed to listen on UNIX socket '%s'", path);
        unlink(path);
        return FALSE;
    }
    return TRUE;
}

OsChannel *os_channel_unix(const OsChannelAddress *address, const OsChannelEvents *events,
                           gpointer data, GError **error)
{
    struct sockaddr_un own;
    struct stat about;

    if (!os_unix_address(address->path, &own, error) || !remove_stale(&own, error))
        return NULL;
    g_auto(OsFd) fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return os_error_null(error, "failed to open UNIX socket '%s'", address->path);
    if (!bind_private(fd, &own, error))
        return NULL;
    if (lstat(address->path, &about) < 0)
        return os_error_null(error, "failed to look at '%s'", address->path);

    g_autofree char *name = g_strdup_printf("UNIX socket '%s'", address->path);
    OsChannel *channel = os_channel_listener(os_fd_steal(&fd), name, G_MAXUINT32, events, data);
    Listener *listener = (Listener *)channel;
    listener->unlink = g_canonicalize_filename(address->path, NULL);
    listener->own = about;
    return channel;
}
