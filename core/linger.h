/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * Lingering: a loop that has just served someone looks again for a moment before it goes to sleep.
 *
 * A host's next request, or a lane's answer, is usually some microseconds away, while falling
 * asleep and being woken costs tens of them, most of all in a guest, where an idle processor is
 * handed back to the host.  The time is bounded, other threads go first (g_thread_yield()), and a
 * loop that nobody talks to does not linger: idle means idle.
 */
#define VA_LINGER_MAX 50 /* microseconds after the last event */

/* Makes the default main context linger. */
void va_linger(void);
