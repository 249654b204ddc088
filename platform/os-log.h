/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* Where messages go: the system's own log (the journal or syslog; Windows: the event log), or a
 * file.  Writing may be done from any thread, never logs itself and loses what cannot be written.
 */

/* TRUE if standard error goes to the system's log already (a systemd service): then that is where
 * messages should go, once. */
gboolean os_log_owns_stderr(void);

/* @message is one line, already free of control characters. */
void os_log_write(GLogLevelFlags level, const char *message);

typedef struct OsLogFile OsLogFile;

/* Opens @path for appending; made with mode 0600 if it is missing, else its mode stays.
 * Error: "failed to open log file '...': ..." */
OsLogFile *os_log_file_open(const char *path, GError **error);

/* Appends @line, which ends in a line feed, in one go: lines of several writers do not mix. */
void os_log_file_write(OsLogFile *file, const char *line, gsize length);

/* NULL is fine. */
void os_log_file_free(OsLogFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OsLogFile, os_log_file_free)
