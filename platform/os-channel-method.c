/* SPDX-License-Identifier: Apache-2.0 */
#include "os-channel-method.h"

#include <gio/gio.h>

const char *const *os_channel_methods(void)
{
    return os_channel_names;
}

static const OsChannelMethod *find(const char *name)
{
    for (guint i = 0; os_channel_names[i]; i++)
        if (g_str_equal(os_channel_names[i], name))
            return &os_channel_table[i];
    return NULL;
}

const char *os_channel_default_path(const char *method)
{
    const OsChannelMethod *found = find(method);
    return found ? found->path : NULL;
}

OsChannel *os_channel_open(const OsChannelAddress *address, const OsChannelEvents *events,
                           gpointer data, GError **error)
{
    const OsChannelMethod *method = find(address->method);
    OsChannelAddress full = *address;

    if (!method) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "unsupported channel method '%s'",
                    address->method);
        return NULL;
    }
    if (!full.path)
        full.path = method->path;
    if (!full.path) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "channel method '%s' needs a path", address->method);
        return NULL;
    }
    return method->open(&full, events, data, error);
}

void os_channel_free(OsChannel *channel)
{
    if (channel)
        channel->free(channel);
}
