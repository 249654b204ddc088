/* SPDX-License-Identifier: Apache-2.0 */
#include "os-channel-private.h"
#include "os-error.h"

static const char *const names[] = {"virtio-serial", "isa-serial", "pipe-listen", "vsock-listen",
                                    NULL};

/* In the order of @names. */
static const struct {
    const char *path;
    OsChannelOpen open;
} methods[] = {
    /* The name of QEMU's port in every session's eyes, as the agent's service has one of its own.
     */
    {"\\\\.\\Global\\org.qemu.guest_agent.0", os_channel_virtio},
    {"COM1", os_channel_serial},
    {"\\\\.\\pipe\\virtagent", os_channel_pipe},
    {NULL, os_channel_vsock},
};
G_STATIC_ASSERT(G_N_ELEMENTS(methods) + 1 == G_N_ELEMENTS(names));

const char *const *os_channel_methods(void)
{
    return names;
}

static gboolean find(const char *method, gsize *index)
{
    for (gsize i = 0; i < G_N_ELEMENTS(methods); i++)
        if (g_str_equal(names[i], method)) {
            *index = i;
            return TRUE;
        }
    return FALSE;
}

const char *os_channel_default_path(const char *method)
{
    gsize i;
    return find(method, &i) ? methods[i].path : NULL;
}

OsChannel *os_channel_open(const OsChannelAddress *address, const OsChannelEvents *events,
                           gpointer data, GError **error)
{
    OsChannelAddress full = *address;
    gsize i;

    if (!find(address->method, &i)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "unsupported channel method '%s'",
                    address->method);
        return NULL;
    }
    if (!full.path)
        full.path = methods[i].path;
    if (!full.path) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "channel method '%s' needs a path", address->method);
        return NULL;
    }
    return methods[i].open(&full, events, data, error);
}

void os_channel_free(OsChannel *channel)
{
    if (channel)
        channel->free(channel);
}

/* Windows' service manager opens no sockets for services. */
GPtrArray *os_channel_activated(guint32 vsock_peer, const OsChannelEvents *events, gpointer data,
                                GError **error)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)os_channel_free);
}
