/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "command.h"
#include "config.h"
#include "exec-table.h"
#include "file-table.h"
#include "os-stream.h"
#include "policy.h"
#include "state.h"

/*
 * The agent: one per process, made by main().  It owns what outlives a connection (file handles,
 * exec records, the frozen state), the channels and the sessions.  Everything here runs on the main
 * thread.
 */

/* Loads the persisted state; touches no channel yet.  @config must outlive the agent. */
VaAgent *va_agent_new(const VaConfig *config, GError **error);
void va_agent_free(VaAgent *agent);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VaAgent, va_agent_free)

/* Opens the channels (those handed over by the service manager, else the configured one).  With
 * retry-path a channel that cannot be opened, or breaks later, is tried again for ever. */
gboolean va_agent_listen(VaAgent *agent, GError **error);

/* Serves until va_agent_stop(); FALSE if the only channel broke and may not be retried. */
gboolean va_agent_run(VaAgent *agent, GError **error);
void va_agent_stop(VaAgent *agent);

/* Starts a session on @stream, which it owns from here on. */
void va_agent_serve(VaAgent *agent, OsStream *stream);

/* The books that commands work on. */
VaFileTable *va_agent_files(VaAgent *agent);
VaExecTable *va_agent_execs(VaAgent *agent);
VaPolicy *va_agent_policy(VaAgent *agent);
VaState *va_agent_state(VaAgent *agent);

/* How many lanes were left behind with a command still running, after adding @change. */
guint va_agent_lanes_stuck(VaAgent *agent, gint change);
