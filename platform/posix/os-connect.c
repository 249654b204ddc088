/* SPDX-License-Identifier: Apache-2.0 */
#include "os-connect.h"

#include "os-error.h"
#include "os-fd.h"
#include "os-stream-fd.h"
#include "os-unix.h"
#include "os-vsock.h"

#include <string.h>

#define VSOCK "vsock:"

gboolean os_unix_address(const char *path, struct sockaddr_un *address, GError **error)
{
    struct sockaddr_un made = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof made.sun_path) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FILENAME_TOO_LONG,
                    "UNIX socket path '%s' is too long", path);
        return FALSE;
    }
    memcpy(made.sun_path, path, strlen(path));
    *address = made;
    return TRUE;
}

/* Connects at once or not at all: EAGAIN means that the backlog of who listens there is full. */
static int connect_unix(const char *path, GError **error)
{
    struct sockaddr_un peer;
    if (!os_unix_address(path, &peer, error))
        return -1;
    g_auto(OsFd) fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&peer, sizeof peer) < 0) {
        os_error(error, "failed to connect to '%s'", path);
        return -1;
    }
    return os_fd_steal(&fd);
}

OsStream *os_connect(const char *address, GError **error)
{
    gboolean is_vsock = g_str_has_prefix(address, VSOCK);
    int fd =
        is_vsock ? os_vsock_connect(address + strlen(VSOCK), error) : connect_unix(address, error);
    if (fd < 0)
        return NULL;
    return is_vsock ? os_stream_connecting(fd, address) : os_stream_from_fd(fd);
}
