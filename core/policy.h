/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "command.h"

/* Which commands may run: the lists of the configuration, and the frozen state on top. */
typedef struct VaPolicy VaPolicy;

/* @block, @allow: arrays of char *, NULL if there is no such list (an empty allow list allows
 * nothing).  A name that the schema does not know is an error in @block (a typo would leave a
 * command open) and a warning in @allow; one that only this system lacks is fine in both. */
VaPolicy *va_policy_new(const GPtrArray *block, const GPtrArray *allow, GError **error);
void va_policy_free(VaPolicy *policy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VaPolicy, va_policy_free)

/* While frozen only commands marked frozen-ok may run, and those may run whatever the lists say. */
void va_policy_set_frozen(VaPolicy *policy, gboolean frozen);

gboolean va_policy_allows(const VaPolicy *policy, const VaCommand *command);
