/* SPDX-License-Identifier: Apache-2.0 */
#include "agent.h"

#include "error.h"
#include "linger.h"
#include "os-channel.h"
#include "session.h"

/* Sessions served at a time; a further host is hung up on. */
#define SESSIONS_MAX 64u

/* Seconds between two tries to open a channel that is missing or busy. */
#define RETRY_INTERVAL 2u

struct VaAgent {
    const VaConfig *config;
    VaState *state;
    VaPolicy *policy;
    VaFileTable *files;
    VaExecTable *execs;
    OsChannel *channel;   /* the configured one; NULL while it is down */
    GPtrArray *activated; /* of OsChannel: those the service manager opened */
    GPtrArray *sessions;  /* of VaSession */
    guint lanes_stuck;
    guint retry; /* source of the timer while the channel is down; 0 is none */
    GMainLoop *loop;
    GError *failure; /* why the loop was left, if it was not asked to */
};

static void session_ended(VaSession *session, gpointer data)
{
    VaAgent *agent = data;
    g_debug("a host left");
    g_ptr_array_remove_fast(agent->sessions, session);
}

void va_agent_serve(VaAgent *agent, OsStream *stream)
{
    if (agent->sessions->len >= SESSIONS_MAX) {
        g_message("more than %u hosts at a time; hung up on one", SESSIONS_MAX);
        os_stream_free(stream);
        return;
    }
    g_debug("a host came in");
    g_ptr_array_add(agent->sessions, va_session_new(agent, stream, session_ended, agent));
}

static void connected(OsStream *stream, gpointer data)
{
    va_agent_serve(data, stream);
}

static gboolean retry(gpointer data);

/* A port's streams must go before the port itself. */
static void close_channel(VaAgent *agent)
{
    g_ptr_array_set_size(agent->sessions, 0);
    g_clear_pointer(&agent->channel, os_channel_free);
}

static void channel_lost(const GError *error, gpointer data)
{
    VaAgent *agent = data;

    g_message("%s", error->message);
    if (agent->config->retry_path && !agent->activated->len) {
        close_channel(agent);
        agent->retry = g_timeout_add_seconds(RETRY_INTERVAL, retry, agent);
    } else {
        agent->failure = g_error_copy(error);
        g_main_loop_quit(agent->loop);
    }
}

static const OsChannelEvents events = {connected, channel_lost};

static gboolean open_channel(VaAgent *agent, GError **error)
{
    const OsChannelAddress address = {
        .method = agent->config->method,
        .path = agent->config->path,
        .vsock_peer = va_config_vsock_peer(agent->config),
    };
    agent->channel = os_channel_open(&address, &events, agent, error);
    return agent->channel != NULL;
}

static gboolean retry(gpointer data)
{
    VaAgent *agent = data;
    g_autoptr(GError) error = NULL;

    if (!open_channel(agent, &error)) {
        g_debug("%s", error->message);
        return G_SOURCE_CONTINUE;
    }
    g_message("channel '%s' is open again", agent->config->path);
    agent->retry = 0;
    return G_SOURCE_REMOVE;
}

gboolean va_agent_listen(VaAgent *agent, GError **error)
{
    g_autoptr(GError) why = NULL;
    GPtrArray *activated =
        os_channel_activated(va_config_vsock_peer(agent->config), &events, agent, error);

    if (!activated)
        return FALSE;
    g_ptr_array_unref(agent->activated);
    agent->activated = activated;
    if (activated->len || open_channel(agent, &why))
        return TRUE;
    if (!agent->config->retry_path) {
        g_propagate_error(error, g_steal_pointer(&why));
        return FALSE;
    }
    g_message("%s; trying again until it can be opened", why->message);
    agent->retry = g_timeout_add_seconds(RETRY_INTERVAL, retry, agent);
    return TRUE;
}

gboolean va_agent_run(VaAgent *agent, GError **error)
{
    va_linger();
    g_main_loop_run(agent->loop);
    if (agent->failure)
        g_propagate_error(error, g_steal_pointer(&agent->failure));
    return error == NULL || *error == NULL;
}

void va_agent_stop(VaAgent *agent)
{
    g_main_loop_quit(agent->loop);
}

VaAgent *va_agent_new(const VaConfig *config, GError **error)
{
    g_autoptr(VaAgent) agent = g_new0(VaAgent, 1);

    agent->config = config;
    agent->loop = g_main_loop_new(NULL, FALSE);
    agent->sessions = g_ptr_array_new_with_free_func((GDestroyNotify)va_session_free);
    agent->activated = g_ptr_array_new_with_free_func((GDestroyNotify)os_channel_free);
    agent->files = va_file_table_new();
    agent->execs = va_exec_table_new();
    if (!(agent->policy = va_policy_new(config->block_rpcs, config->allow_rpcs, error)))
        return NULL;
    if (!(agent->state = va_state_load(config->state_dir, error)))
        return NULL;
    if (va_state_was_frozen(agent->state)) {
        g_warning("filesystems were left frozen; only what is safe then is allowed");
        va_policy_set_frozen(agent->policy, TRUE);
    }
    return g_steal_pointer(&agent);
}

void va_agent_free(VaAgent *agent)
{
    if (!agent)
        return;
    g_clear_handle_id(&agent->retry, g_source_remove);
    g_ptr_array_unref(agent->sessions);
    g_ptr_array_unref(agent->activated);
    os_channel_free(agent->channel);
    va_file_table_free(agent->files);
    va_exec_table_free(agent->execs);
    va_policy_free(agent->policy);
    va_state_free(agent->state);
    g_clear_error(&agent->failure);
    g_main_loop_unref(agent->loop);
    g_free(agent);
}

VaFileTable *va_agent_files(VaAgent *agent)
{
    return agent->files;
}

VaExecTable *va_agent_execs(VaAgent *agent)
{
    return agent->execs;
}

VaPolicy *va_agent_policy(VaAgent *agent)
{
    return agent->policy;
}

VaState *va_agent_state(VaAgent *agent)
{
    return agent->state;
}

guint va_agent_lanes_stuck(VaAgent *agent, gint change)
{
    return agent->lanes_stuck += (guint)change;
}
