/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* Something that happens at a set time on a thread of its own, whatever the others are stuck in.
 * The thread exists from the start, so that nothing has to be made when it matters, and sleeps
 * without a timer while no time is set. */
typedef struct VaWatchdog VaWatchdog;

typedef void (*VaBite)(gpointer data);

/* @bite runs on the watchdog's thread.  Any thread may set the time, from within @bite too.  NULL
 * and *error if there can be no thread. */
VaWatchdog *va_watchdog_new(VaBite bite, gpointer data, GError **error);

/* When to bite, once: as g_get_monotonic_time() will say then.  0: not at all.  It replaces what
 * was set before; a bite that has begun goes on. */
void va_watchdog_set(VaWatchdog *watchdog, gint64 when);

/* Waits for a bite that has begun. */
void va_watchdog_free(VaWatchdog *watchdog);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VaWatchdog, va_watchdog_free)
