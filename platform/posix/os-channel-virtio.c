/* SPDX-License-Identifier: Apache-2.0 */
#include "os-channel-private.h"

OsChannel *os_channel_virtio(const OsChannelAddress *address, const OsChannelEvents *events,
                             gpointer data, GError **error)
{
    int fd = os_channel_port_open(address->path, error);
    return fd < 0 ? NULL : os_channel_port(fd, address->path, FALSE, events, data, error);
}
