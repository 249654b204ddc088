/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* Driving the default main context from a test. */

enum {
    LOOP_PATIENCE = 20, /* seconds after which a test has hung */
    LOOP_TURNS = 4,     /* of a quiet loop */
    LOOP_QUIET = 150,   /* ms in which something that spins has long shown itself */
};

static inline gboolean loop_hung(gpointer data)
{
    g_error("nothing happened for %d seconds", LOOP_PATIENCE);
    return G_SOURCE_REMOVE;
}

/* Runs the loop until @condition holds. */
#define loop_until(condition)                                                                      \
    do {                                                                                           \
        guint loop_watchdog = g_timeout_add_seconds(LOOP_PATIENCE, loop_hung, NULL);               \
        while (!(condition))                                                                       \
            g_main_context_iteration(NULL, TRUE);                                                  \
        g_source_remove(loop_watchdog);                                                            \
    } while (0)

static inline gboolean loop_set(gpointer data)
{
    *(gboolean *)data = TRUE;
    return G_SOURCE_REMOVE;
}

/* Whether the loop sleeps through a quiet moment.  The timer that ends the moment may take a few
 * turns of its own; a loop that spins makes thousands. */
static inline gboolean loop_is_quiet(void)
{
    gboolean over = FALSE;
    guint turns = 0;
    g_timeout_add(LOOP_QUIET, loop_set, &over);
    while (!over) {
        g_main_context_iteration(NULL, TRUE);
        turns++;
    }
    return turns <= LOOP_TURNS;
}
