/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* Takes note of SIGINT and SIGTERM from now on, so that what was begun in the guest can be tidied
 * up; the second one ends the program at once.  A signal that was ignored stays ignored. */
void interrupt_catch(void);

/* The signal that has arrived, 0 if none. */
int interrupt_signal(void);

/* Sleeps (for a short time: a signal does not wake it); FALSE and FAILURE_INTERRUPTED if a signal
 * has arrived. */
gboolean interrupt_pause(guint milliseconds, GError **error);
