/* SPDX-License-Identifier: Apache-2.0 */
#include "server.h"

#include "error.h"
#include "linger.h"
#include "os-channel.h"
#include "session.h"

/* Sessions served at a time; a further host is hung up on. */
#define SESSIONS_MAX 256u

/* Seconds between two tries to open a channel that is missing or busy. */
#define RETRY_INTERVAL 2u

struct VaServer {
    const VaConfig *config;
    VaAgent *agent;
    OsChannel *channel;   /* the configured one; NULL while it is down */
    GPtrArray *activated; /* of OsChannel: those the service manager opened */
    GPtrArray *sessions;  /* of VaSession */
    gboolean crowded;     /* a host was hung up on since there was last room */
    guint retry;          /* source of the timer while the channel is down; 0 is none */
    guint patience;       /* source of the timer once we are to stop; 0 is none */
    GMainLoop *loop;
    GError *failure; /* why the loop was left, if it was not asked to */
};

static void session_ended(VaSession *session, gpointer data)
{
    VaServer *server = data;
    g_debug("a host left");
    g_ptr_array_remove_fast(server->sessions, session);
    server->crowded = FALSE;
}

void va_server_serve(VaServer *server, OsStream *stream)
{
    if (server->sessions->len >= SESSIONS_MAX) {
        if (!server->crowded)
            g_message("%u hosts are served already; further ones are hung up on", SESSIONS_MAX);
        server->crowded = TRUE;
        os_stream_free(stream);
        return;
    }
    g_debug("a host came in");
    g_ptr_array_add(server->sessions, va_session_new(server->agent, stream, session_ended, server));
}

static void connected(OsStream *stream, gpointer data)
{
    va_server_serve(data, stream);
}

static gboolean retry(gpointer data);

/* A port's streams must go before the port itself. */
static void close_channel(VaServer *server)
{
    g_ptr_array_set_size(server->sessions, 0);
    g_clear_pointer(&server->channel, os_channel_free);
}

static void retry_later(VaServer *server, const GError *why)
{
    g_message("%s; trying again until it can be opened", why->message);
    server->retry = g_timeout_add_seconds(RETRY_INTERVAL, retry, server);
}

static void channel_lost(const GError *error, gpointer data)
{
    VaServer *server = data;

    if (server->config->retry_path && !server->activated->len) {
        close_channel(server);
        retry_later(server, error);
    } else {
        if (!server->failure)
            server->failure = g_error_copy(error);
        va_server_stop(server);
    }
}

static const OsChannelEvents events = {connected, channel_lost};

static gboolean open_channel(VaServer *server, GError **error)
{
    const OsChannelAddress address = {
        .method = server->config->method,
        .path = server->config->path,
        .vsock_peer = va_config_vsock_peer(server->config),
    };
    server->channel = os_channel_open(&address, &events, server, error);
    return server->channel != NULL;
}

static gboolean retry(gpointer data)
{
    VaServer *server = data;
    g_autoptr(GError) error = NULL;

    if (!open_channel(server, &error)) {
        g_debug("%s", error->message);
        return G_SOURCE_CONTINUE;
    }
    g_message("channel '%s' is open again", server->config->path);
    server->retry = 0;
    return G_SOURCE_REMOVE;
}

gboolean va_server_listen(VaServer *server, GError **error)
{
    g_autoptr(GError) why = NULL;
    GPtrArray *activated =
        os_channel_activated(va_config_vsock_peer(server->config), &events, server, error);

    if (!activated)
        return FALSE;
    g_ptr_array_unref(server->activated);
    server->activated = activated;
    if (activated->len || open_channel(server, &why))
        return TRUE;
    if (!server->config->retry_path) {
        g_propagate_error(error, g_steal_pointer(&why));
        return FALSE;
    }
    retry_later(server, why);
    return TRUE;
}

gboolean va_server_run(VaServer *server, GError **error)
{
    va_linger();
    g_main_loop_run(server->loop);
    if (server->failure)
        g_propagate_error(error, g_steal_pointer(&server->failure));
    return error == NULL || *error == NULL;
}

static void leave(gpointer data)
{
    VaServer *server = data;
    g_main_loop_quit(server->loop);
}

static gboolean give_up(gpointer data)
{
    VaServer *server = data;

    g_critical("going, although filesystems may still be frozen");
    server->patience = 0;
    leave(server);
    return G_SOURCE_REMOVE;
}

/* Nobody is left to thaw what we leave frozen, so that comes first. */
void va_server_stop(VaServer *server)
{
    if (server->patience)
        return;
    server->patience = g_timeout_add_seconds(VA_SERVER_STOP_PATIENCE, give_up, server);
    va_freeze_stop(va_agent_freeze(server->agent), leave, server);
}

VaServer *va_server_new(const VaConfig *config, VaAgent *agent)
{
    VaServer *server = g_new0(VaServer, 1);

    server->config = config;
    server->agent = agent;
    server->loop = g_main_loop_new(NULL, FALSE);
    server->sessions = g_ptr_array_new_with_free_func((GDestroyNotify)va_session_free);
    server->activated = g_ptr_array_new_with_free_func((GDestroyNotify)os_channel_free);
    return server;
}

void va_server_free(VaServer *server)
{
    if (!server)
        return;
    g_clear_handle_id(&server->retry, g_source_remove);
    g_clear_handle_id(&server->patience, g_source_remove);
    g_ptr_array_unref(server->sessions);
    g_ptr_array_unref(server->activated);
    os_channel_free(server->channel);
    g_clear_error(&server->failure);
    g_main_loop_unref(server->loop);
    g_free(server);
}
