/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* The system's own log: the journal or syslog; Windows: the event log.  May be called from any
 * thread.  @message is one line, already free of control characters. */

/* TRUE if standard error goes to the system's log already (a systemd service): then that is where
 * messages should go, once. */
gboolean os_log_owns_stderr(void);

void os_log_write(GLogLevelFlags level, const char *message);
