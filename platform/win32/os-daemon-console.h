/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* Requests to end that come from the console: Ctrl-C, Ctrl-Break, a window that is closed. */

/* From a thread of the system's: only to pass it on. */
typedef void (*OsConsoleStop)(const char *why, gpointer data);

/* One per process, as Windows gives the handler no data. */
void os_console_watch(OsConsoleStop stop, gpointer data);
void os_console_unwatch(void);
