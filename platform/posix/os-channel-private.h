/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-channel-method.h"

/* The methods. */
OsChannel *os_channel_unix(const OsChannelAddress *address, const OsChannelEvents *events,
                           gpointer data, GError **error);
OsChannel *os_channel_vsock(const OsChannelAddress *address, const OsChannelEvents *events,
                            gpointer data, GError **error);
OsChannel *os_channel_virtio(const OsChannelAddress *address, const OsChannelEvents *events,
                             gpointer data, GError **error);
OsChannel *os_channel_serial(const OsChannelAddress *address, const OsChannelEvents *events,
                             gpointer data, GError **error);

/* A channel on a listening socket, non-blocking and close-on-exec, which it takes over.  @name
 * stands in its errors. */
OsChannel *os_channel_listener(int fd, const char *name, guint32 vsock_peer,
                               const OsChannelEvents *events, gpointer data);

/* A channel on a port opened O_NONBLOCK | O_CLOEXEC, which it takes over, even on failure.  A
 * port gives its stream again each time a host attaches, or with @once a single time. */
OsChannel *os_channel_port(int fd, const char *path, gboolean once, const OsChannelEvents *events,
                           gpointer data, GError **error);

/* Opens a port for os_channel_port(); -1 and *error. */
int os_channel_port_open(const char *path, GError **error);
