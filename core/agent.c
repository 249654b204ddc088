/* SPDX-License-Identifier: Apache-2.0 */
#include "agent.h"

struct VaAgent {
    VaState *state;
    VaPolicy *policy;
    VaFileTable *files;
    VaExecTable *execs;
    VaTurn *turn;
    VaFreeze *freeze;
    guint lanes_stuck;
};

static void freeze_changed(gpointer data)
{
    VaAgent *agent = data;

    va_policy_set_frozen(agent->policy, va_freeze_gates(agent->freeze));
    if (va_freeze_has_stuck(agent->freeze)) {
        g_critical("a freeze hangs in the system; what could be thawed is");
        va_turn_pass(agent->turn);
    }
}

VaAgent *va_agent_new(const VaConfig *config, GError **error)
{
    g_autoptr(VaAgent) agent = g_new0(VaAgent, 1);

    agent->files = va_file_table_new();
    agent->execs = va_exec_table_new();
    agent->turn = va_turn_new();
    if (!(agent->policy = va_policy_new(config->block_rpcs, config->allow_rpcs, error)))
        return NULL;
    if (!(agent->state = va_state_load(config->state_dir, error)))
        return NULL;
    agent->freeze = va_freeze_new(config, agent->state, freeze_changed, agent);
    return g_steal_pointer(&agent);
}

void va_agent_free(VaAgent *agent)
{
    if (!agent)
        return;
    va_freeze_free(agent->freeze);
    va_turn_free(agent->turn);
    va_file_table_free(agent->files);
    va_exec_table_free(agent->execs);
    va_policy_free(agent->policy);
    va_state_free(agent->state);
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

VaFreeze *va_agent_freeze(VaAgent *agent)
{
    return agent->freeze;
}

VaTurn *va_agent_turn(VaAgent *agent)
{
    return agent->turn;
}

guint va_agent_lanes_stuck(VaAgent *agent, gint change)
{
    return agent->lanes_stuck += (guint)change;
}
