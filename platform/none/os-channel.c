/* SPDX-License-Identifier: Apache-2.0 */
#include "os-channel.h"
#include "none.h"

const char *const *os_channel_methods(void)
{
    static const char *const methods[] = {NULL};
    return methods;
}

const char *os_channel_default_path(const char *method)
{
    return NULL;
}

OsChannel *os_channel_open(const OsChannelAddress *address, const OsChannelEvents *events,
                           gpointer data, GError **error)
{
    return none_fail_null(error);
}

/* No service manager, no sockets of its. */
GPtrArray *os_channel_activated(guint32 vsock_peer, const OsChannelEvents *events, gpointer data,
                                GError **error)
{
    return g_ptr_array_new();
}

void os_channel_free(OsChannel *channel)
{
}
