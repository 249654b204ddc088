/* SPDX-License-Identifier: Apache-2.0 */
#include "os-vsock.h"

#include "os-error.h"
#include "os-fd.h"
#include "os-vsock-address.h"

#include <linux/vm_sockets.h>
#include <string.h>

static gboolean parse(const char *text, struct sockaddr_vm *address, GError **error)
{
    *address = (struct sockaddr_vm){.svm_family = AF_VSOCK};
    return os_vsock_address_parse(text, &address->svm_cid, &address->svm_port, error);
}

static int open_socket(const char *address, GError **error)
{
    int fd = socket(AF_VSOCK, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        os_error(error, "failed to open vsock '%s'", address);
    return fd;
}

int os_vsock_listen(const char *address, GError **error)
{
    struct sockaddr_vm own;
    if (!parse(address, &own, error))
        return -1;
    g_auto(OsFd) fd = open_socket(address, error);
    if (fd < 0)
        return -1;
    if (bind(fd, (struct sockaddr *)&own, sizeof own) < 0 || listen(fd, SOMAXCONN) < 0) {
        if (errno == EADDRINUSE)
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE, "vsock '%s' is in use",
                        address);
        else
            os_error(error, "failed to listen on vsock '%s'", address);
        return -1;
    }
    return os_fd_steal(&fd);
}

int os_vsock_connect(const char *address, GError **error)
{
    struct sockaddr_vm peer;
    if (!parse(address, &peer, error))
        return -1;
    g_auto(OsFd) fd = open_socket(address, error);
    if (fd < 0)
        return -1;
    if (connect(fd, (struct sockaddr *)&peer, sizeof peer) < 0 && errno != EINPROGRESS) {
        os_error(error, "failed to connect to vsock '%s'", address);
        return -1;
    }
    return os_fd_steal(&fd);
}

gboolean os_vsock_is(int family)
{
    return family == AF_VSOCK;
}

guint32 os_vsock_cid(const struct sockaddr_storage *address)
{
    struct sockaddr_vm peer;
    memcpy(&peer, address, sizeof peer);
    return peer.svm_cid;
}
