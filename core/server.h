/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "agent.h"
#include "os-stream.h"

/*
 * The server: the channels that hosts come in by, and the sessions with those that are there.
 * Everything here runs on the main thread.
 */
typedef struct VaServer VaServer;

/* Seconds that a thaw, or a hook under way, may take before we go without. */
#define VA_SERVER_STOP_PATIENCE 30u

/* Opens nothing yet.  @config and @agent must outlive the server. */
VaServer *va_server_new(const VaConfig *config, VaAgent *agent);
void va_server_free(VaServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VaServer, va_server_free)

/* Opens the channels: those handed over by the service manager, else the configured one.  With
 * retry-path a channel that cannot be opened, or breaks later, is tried again for ever. */
gboolean va_server_listen(VaServer *server, GError **error);

/* Serves until va_server_stop(); FALSE if the only channel broke and may not be retried.  Either
 * way what is frozen has been thawed, unless that takes longer than VA_SERVER_STOP_PATIENCE. */
gboolean va_server_run(VaServer *server, GError **error);
void va_server_stop(VaServer *server);

/* Starts a session on @stream, which it owns from here on. */
void va_server_serve(VaServer *server, OsStream *stream);
