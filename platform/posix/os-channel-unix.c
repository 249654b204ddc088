/* SPDX-License-Identifier: Apache-2.0 */
#include "os-channel-private.h"
#include "os-error.h"
#include "os-fd.h"
#include "os-unix.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

enum { SOCKET_MODE = 0660 }; /* root and, once an administrator has set it, a group */

typedef struct {
    OsChannel base;
    OsChannel *listener;
    char *path;      /* absolute: to be removed at the end */
    struct stat own; /* the socket made there */
} UnixChannel;

static gboolean same_file(const char *path, const struct stat *about)
{
    struct stat now;
    return lstat(path, &now) == 0 && now.st_dev == about->st_dev && now.st_ino == about->st_ino;
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

/* Removes the path only if it still is the socket made here: another agent may have taken it. */
static void remove_own(const UnixChannel *channel)
{
    if (same_file(channel->path, &channel->own))
        unlink(channel->path);
}

static void unix_free(OsChannel *base)
{
    UnixChannel *channel = (UnixChannel *)base;
    remove_own(channel);
    os_channel_free(channel->listener);
    g_free(channel->path);
    g_free(channel);
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
    UnixChannel *channel = g_new0(UnixChannel, 1);
    channel->base.free = unix_free;
    channel->listener = os_channel_listener(os_fd_steal(&fd), name, G_MAXUINT32, events, data);
    channel->path = g_canonicalize_filename(address->path, NULL);
    channel->own = about;
    return &channel->base;
}
