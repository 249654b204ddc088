/* SPDX-License-Identifier: Apache-2.0 */
#include "os-channel-private.h"
#include "os-error.h"

const char *const os_channel_names[] = {"virtio-serial", "isa-serial", "pipe-listen",
                                        "vsock-listen", NULL};

const OsChannelMethod os_channel_table[] = {
    /* The name of QEMU's port in every session's eyes, as the agent's service has one of its own.
     */
    {"\\\\.\\Global\\org.qemu.guest_agent.0", os_channel_virtio},
    {"COM1", os_channel_serial},
    {"\\\\.\\pipe\\virtagent", os_channel_pipe},
    {NULL, os_channel_vsock},
};
G_STATIC_ASSERT(G_N_ELEMENTS(os_channel_table) + 1 == G_N_ELEMENTS(os_channel_names));

/* Windows' service manager opens no sockets for services. */
GPtrArray *os_channel_activated(guint32 vsock_peer, const OsChannelEvents *events, gpointer data,
                                GError **error)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)os_channel_free);
}
