/* SPDX-License-Identifier: Apache-2.0 */
#include "os-channel-private.h"
#include "os-vsock.h"

OsChannel *os_channel_vsock(const OsChannelAddress *address, const OsChannelEvents *events,
                            gpointer data, GError **error)
{
    int fd = os_vsock_listen(address->path, error);
    g_autofree char *name = g_strdup_printf("vsock '%s'", address->path);
    return fd < 0 ? NULL : os_channel_listener(fd, name, address->vsock_peer, events, data);
}
