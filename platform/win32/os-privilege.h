/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* Turns on a privilege of the agent's process that it holds but does not use: SE_SHUTDOWN_NAME and
 * the like (MSDN, "Privilege Constants").  It stays on.  FALSE: "failed to enable the privilege
 * 'SeShutdownPrivilege': OS text". */
gboolean os_privilege_enable(const char *name, GError **error);
