/* SPDX-License-Identifier: Apache-2.0 */
#include "agent.h"
#include "schema-commands.h"

gboolean cmd_sync(VaAgent *agent, const GuestSyncIn *in, gint64 *out, GError **error)
{
    *out = in->id;
    return TRUE;
}

/* The 0xFF in front of the reply is the dispatcher's: the command is marked delimited. */
gboolean cmd_sync_delimited(VaAgent *agent, const GuestSyncDelimitedIn *in, gint64 *out,
                            GError **error)
{
    *out = in->id;
    return TRUE;
}

gboolean cmd_ping(VaAgent *agent, GError **error)
{
    return TRUE;
}

static GuestAgentCommandInfo *describe(const VaPolicy *policy, const VaCommand *command)
{
    GuestAgentCommandInfo *info = guest_agent_command_info_new();
    info->name = g_strdup(command->name);
    info->enabled = va_policy_allows(policy, command);
    info->success_response = !(command->flags & VA_COMMAND_SILENT);
    return info;
}

static void free_command_info(gpointer info)
{
    guest_agent_command_info_free(info);
}

gboolean cmd_info(VaAgent *agent, GuestAgentInfo **out, GError **error)
{
    GuestAgentInfo *info = guest_agent_info_new();

    info->version = g_strdup(VA_VERSION);
    info->supported_commands = g_ptr_array_new_full(va_n_commands, free_command_info);
    for (guint i = va_n_commands; i-- > 0;) {
        const VaCommand *command = &va_commands[va_commands_in_schema_order[i]];
        if (va_command_exists(command))
            g_ptr_array_add(info->supported_commands, describe(va_agent_policy(agent), command));
    }
    *out = info;
    return TRUE;
}
