/* SPDX-License-Identifier: Apache-2.0 */

/* The end of a freeze that nobody asked for. */

#include "freeze-private.h"

typedef enum { REST, LOOK_AGAIN, LATER, RESCUE } Task;

/* With the mutex. */
static gboolean is_over(const VaFreeze *freeze)
{
    return freeze->deadline && g_get_monotonic_time() >= freeze->deadline;
}

/* With the mutex: what there is to do, if anything. */
static Task choose(const VaFreeze *freeze)
{
    if (!freeze->quiet)
        return REST;
    if (freeze->inherited && freeze->thawing)
        return LATER;
    if (is_over(freeze) || freeze->stopping || freeze->left_over)
        return RESCUE;
    return freeze->inherited ? LOOK_AGAIN : REST;
}

/* With the mutex. */
static void start(VaFreeze *freeze)
{
    if (freeze->stopping)
        freeze->ended_by = VA_FREEZE_BY_STOP;
    else
        freeze->ended_by = is_over(freeze) ? VA_FREEZE_BY_LIMIT : VA_FREEZE_BY_FAILURE;
    freeze->rescuing = TRUE;
    g_atomic_int_set(&freeze->give_up, 1);
}

/* A freeze command that hangs in the kernel does the rest itself, when it comes back. */
static void finish(VaFreeze *freeze)
{
    g_mutex_lock(&freeze->mutex);
    freeze->rescuing = FALSE;
    gboolean again = va_freeze_holds(freeze) && !freeze->freezing;
    if (again)
        va_watchdog_set(freeze->watchdog, g_get_monotonic_time() + VA_FREEZE_RETRY_INTERVAL);
    g_cond_broadcast(&freeze->rescued);
    g_mutex_unlock(&freeze->mutex);
    va_freeze_settle_later(freeze);
}

static void tell(const VaFreeze *freeze, guint thawed, VaFreezeEnd by)
{
    if (by == VA_FREEZE_BY_LIMIT)
        g_warning("a freeze reached its time limit: %u filesystems were thawed", thawed);
    else if (by == VA_FREEZE_BY_FAILURE)
        g_message("%u filesystems were thawed that a failed freeze had left frozen", thawed);
    else
        g_message("%u filesystems were thawed, as the agent ends", thawed);
}

static void rescue(VaFreeze *freeze, VaFreezeEnd by, gboolean hooks)
{
    g_autoptr(GError) error = NULL;

    va_freeze_open_inherited(freeze);
    guint thawed = va_freeze_thaw_items(freeze, &error);
    gboolean over = va_freeze_be_loud(freeze, by);
    if (error)
        g_critical("%s", error->message);
    if (over) {
        tell(freeze, thawed, by);
        va_freeze_settle_later(freeze);
    }
    if (over && hooks)
        va_freeze_run_thaw_hooks(freeze);
    finish(freeze);
}

void va_freeze_bite(gpointer data)
{
    VaFreeze *freeze = data;

    g_mutex_lock(&freeze->mutex);
    Task task = choose(freeze);
    if (task == RESCUE)
        start(freeze);
    else if (task == LATER)
        va_watchdog_set(freeze->watchdog, g_get_monotonic_time() + VA_FREEZE_RETRY_INTERVAL);
    VaFreezeEnd by = freeze->ended_by;
    gboolean hooks = !freeze->freezing;
    g_mutex_unlock(&freeze->mutex);

    if (task == RESCUE)
        rescue(freeze, by, hooks);
    else if (task == LOOK_AGAIN && va_freeze_look_again(freeze))
        finish(freeze);
}
