/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-channel-method.h"

#include <windows.h>

/* The methods. */
OsChannel *os_channel_virtio(const OsChannelAddress *address, const OsChannelEvents *events,
                             gpointer data, GError **error);
OsChannel *os_channel_serial(const OsChannelAddress *address, const OsChannelEvents *events,
                             gpointer data, GError **error);
OsChannel *os_channel_pipe(const OsChannelAddress *address, const OsChannelEvents *events,
                           gpointer data, GError **error);
OsChannel *os_channel_vsock(const OsChannelAddress *address, const OsChannelEvents *events,
                            gpointer data, GError **error);

/* Opens a port for os_channel_port(); NULL and *error, which names @path.  @device is what Windows
 * is to open. */
HANDLE os_channel_port_open(const char *device, const char *path, GError **error);
