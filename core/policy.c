/* SPDX-License-Identifier: Apache-2.0 */
#include "policy.h"

#include "error.h"
#include "log.h"

#include <string.h>

struct VaPolicy {
    gboolean frozen;
    guint8 allowed[]; /* by index in va_commands: 1 if the lists let it run */
};

static gsize index_of(const VaCommand *command)
{
    return (gsize)(command - va_commands);
}

static void mark(VaPolicy *policy, const char *name, guint8 allowed)
{
    const VaCommand *command = va_command_find(name);
    if (command)
        policy->allowed[index_of(command)] = allowed;
}

static void apply_allow(VaPolicy *policy, const GPtrArray *names)
{
    memset(policy->allowed, 0, va_n_commands);
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        mark(policy, name, 1);
        if (!va_command_find(name)) {
            g_autofree char *quoted = va_log_quote(name);
            g_warning("allow-rpcs: there is no command %s", quoted);
        }
    }
}

static gboolean apply_block(VaPolicy *policy, const GPtrArray *names, GError **error)
{
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        mark(policy, name, 0);
        if (!va_command_find(name)) {
            g_autofree char *quoted = va_log_quote(name);
            return va_fail(error, "block-rpcs: there is no command %s", quoted);
        }
    }
    return TRUE;
}

VaPolicy *va_policy_new(const GPtrArray *block, const GPtrArray *allow, GError **error)
{
    g_autoptr(VaPolicy) policy = g_malloc0(sizeof(VaPolicy) + va_n_commands);
    memset(policy->allowed, 1, va_n_commands);
    if (allow)
        apply_allow(policy, allow);
    if (block && !apply_block(policy, block, error))
        return NULL;
    return g_steal_pointer(&policy);
}

void va_policy_free(VaPolicy *policy)
{
    g_free(policy);
}

void va_policy_set_frozen(VaPolicy *policy, gboolean frozen)
{
    policy->frozen = frozen;
}

gboolean va_policy_allows(const VaPolicy *policy, const VaCommand *command)
{
    if (policy->frozen)
        return (command->flags & VA_COMMAND_FROZEN_OK) != 0;
    return policy->allowed[index_of(command)];
}
