/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "config.h"
#include "exec-table.h"
#include "file-table.h"
#include "freeze.h"
#include "policy.h"
#include "state.h"
#include "turn.h"

/*
 * What the commands of all sessions share and what outlives a connection: the books.  One per
 * process; everything here belongs to the main thread.  Sessions and channels are server.h's.
 */

/* Loads the persisted state and checks the lists of @config, which must outlive the agent. */
VaAgent *va_agent_new(const VaConfig *config, GError **error);
void va_agent_free(VaAgent *agent);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VaAgent, va_agent_free)

VaFileTable *va_agent_files(VaAgent *agent);
VaExecTable *va_agent_execs(VaAgent *agent);
VaPolicy *va_agent_policy(VaAgent *agent);
VaState *va_agent_state(VaAgent *agent);
VaFreeze *va_agent_freeze(VaAgent *agent);

/* Of the commands that must not overtake each other. */
VaTurn *va_agent_turn(VaAgent *agent);

/* How many lanes were left behind with a command still running, after adding @change. */
guint va_agent_lanes_stuck(VaAgent *agent, gint change);
