/* SPDX-License-Identifier: Apache-2.0 */
#include "agent.h"

struct VaAgent {
    VaState *state;
    VaPolicy *policy;
    VaFileTable *files;
    VaExecTable *execs;
    guint lanes_stuck;
};

VaAgent *va_agent_new(const VaConfig *config, GError **error)
{
    g_autoptr(VaAgent) agent = g_new0(VaAgent, 1);

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

guint va_agent_lanes_stuck(VaAgent *agent, gint change)
{
    return agent->lanes_stuck += (guint)change;
}
