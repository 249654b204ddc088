/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * The log gate: everything logged with GLib's g_message() and friends, from any thread, passes here
 * and comes out in one place.
 *
 *   error, critical                      always; with a file also where they went without it
 *   warning, message                     always
 *   info                                 the system's log always (the audit trail); elsewhere if
 *                                        verbose
 *   debug                                if verbose
 *
 * The place is standard error ("virtagent: warning: text"), the system's log, or a file
 * ("1700000000.123456: warning: text", seconds since 1970).  A message is one line: what is not
 * printable is escaped, what is longer than VA_LOG_TEXT_MAX is cut.
 */
#define VA_LOG_TEXT_MAX  2048u /* bytes of one message */
#define VA_LOG_HELD_MAX  64u   /* messages kept while the gate is closed: the last ones */
#define VA_LOG_QUOTE_MAX 64u   /* characters of a quoted value */

typedef struct VaLog VaLog;

/* Writes to standard error, or to the system's log if standard error ends there anyway. */
VaLog *va_log_new(void);
void va_log_free(VaLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VaLog, va_log_free)

/* Makes @log GLib's writer for the rest of the process: it must not be freed any more.  To be
 * called once. */
void va_log_install(VaLog *log);

void va_log_set_verbose(VaLog *log, gboolean verbose);

/* From now on to the system's log: a daemon has no standard error.  A file stays. */
void va_log_to_system(VaLog *log);

/* From now on to the file @path, which must be absolute.  While held, the file is opened only on
 * release. */
gboolean va_log_to_file(VaLog *log, const char *path, GError **error);

/* The file was renamed (log rotation): opens a new one of that name.  On failure the old one stays
 * in use.  Does nothing without a file; while held, it is done on release. */
gboolean va_log_reopen(VaLog *log, GError **error);

/* TRUE: nothing is written until FALSE, so that a frozen filesystem cannot block us; the messages
 * are kept in memory and written then.  Not counted: twice TRUE is one hold. */
void va_log_hold(VaLog *log, gboolean hold);

/* One message, as GLib's writer would pass it on. */
void va_log_write(VaLog *log, GLogLevelFlags level, const char *text);

/* A value that others chose, fit for a message: 'quoted', escaped, shortened.  @text may be any
 * bytes.  NULL is "(none)".  Free with g_free(). */
char *va_log_quote(const char *text);

/* @text, any bytes, as one line of at most VA_LOG_TEXT_MAX of them, what is not printable escaped.
 * Free with g_free(). */
char *va_log_clean(const char *text);
