/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-channel.h"

#include <gio/gio.h>
#include <string.h>

struct OsChannel {
    OsChannelEvents events;
    gpointer data;
};

FakeChannel *fake_channel(void)
{
    static FakeChannel state;
    return &state;
}

const char *const *os_channel_methods(void)
{
    static const char *const methods[] = {"virtio-serial", "isa-serial", "unix-listen",
                                          "vsock-listen", NULL};
    return methods;
}

const char *os_channel_default_path(const char *method)
{
    return strcmp(method, "virtio-serial") == 0 ? "/dev/fake-port" : NULL;
}

OsChannel *os_channel_open(const OsChannelAddress *address, const OsChannelEvents *events,
                           gpointer data, GError **error)
{
    FakeChannel *fake = fake_channel();
    fake->opens++;
    if (fake->failure) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, fake->failure);
        return NULL;
    }
    fake->channel = g_new0(OsChannel, 1);
    *fake->channel = (OsChannel){*events, data};
    return fake->channel;
}

GPtrArray *os_channel_activated(guint32 vsock_peer, const OsChannelEvents *events, gpointer data,
                                GError **error)
{
    return g_ptr_array_new();
}

void os_channel_free(OsChannel *channel)
{
    if (channel == fake_channel()->channel)
        fake_channel()->channel = NULL;
    g_free(channel);
}

void fake_channel_connect(OsStream *stream)
{
    OsChannel *channel = fake_channel()->channel;
    channel->events.connected(stream, channel->data);
}

void fake_channel_lose(const char *why)
{
    OsChannel *channel = fake_channel()->channel;
    g_autoptr(GError) error = g_error_new_literal(G_IO_ERROR, G_IO_ERROR_FAILED, why);
    channel->events.lost(error, channel->data);
}
