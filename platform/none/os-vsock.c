/* SPDX-License-Identifier: Apache-2.0 */
#include "os-vsock.h"

#include <gio/gio.h>

int os_vsock_listen(const char *address, GError **error)
{
    return os_vsock_connect(address, error);
}

int os_vsock_connect(const char *address, GError **error)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                "vsock '%s': this system has no such sockets", address);
    return -1;
}

gboolean os_vsock_is(int family)
{
    return FALSE;
}

guint32 os_vsock_cid(const struct sockaddr_storage *address)
{
    return G_MAXUINT32;
}
