/* SPDX-License-Identifier: Apache-2.0 */

/* What a predecessor left: killed, or crashed, while filesystems were frozen. */

#include "freeze-private.h"
#include "os-memory.h"

/* Milliseconds in which a filesystem that is not frozen answers. */
#define SUSPECT_PATIENCE 1000u

/* Microseconds between two looks: somebody else may thaw it, or it was but slow. */
#define SUSPECT_INTERVAL G_USEC_PER_SEC

static gboolean any_suspected(const GPtrArray *filesystems)
{
    for (guint i = 0; i < filesystems->len; i++)
        if (((const OsFilesystem *)filesystems->pdata[i])->suspected)
            return TRUE;
    return FALSE;
}

/* Each that can be frozen may be. */
static void inherit(VaFreeze *freeze, GPtrArray *filesystems)
{
    freeze->plan = va_freeze_plan_of(filesystems);
    freeze->inherited = TRUE;
    freeze->quiet = TRUE;
    freeze->limit = va_config_freeze_limit(freeze->config);
    for (guint i = 0; i < freeze->plan->items->len; i++) {
        VaFreezeItem *item = freeze->plan->items->pdata[i];
        if (item->state == VA_FREEZE_PLANNED)
            item->state = VA_FREEZE_FROZEN;
    }
}

void va_freeze_recover(VaFreeze *freeze)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) filesystems = os_freeze_list(&error);
    gboolean marked = va_state_was_frozen(freeze->state);

    if (!filesystems) {
        g_warning("it cannot be found out whether anything is frozen: %s", error->message);
        return;
    }
    freeze->sure = os_freeze_suspect(filesystems, SUSPECT_PATIENCE) || !marked;
    if (any_suspected(filesystems) || (marked && !freeze->sure)) {
        inherit(freeze, g_steal_pointer(&filesystems));
    } else if (marked) {
        g_message("an agent before this one ended during a freeze; nothing is frozen any more");
        va_state_clear_frozen(freeze->state);
    }
}

/* Of the time limit what is left. */
static void take_deadline(VaFreeze *freeze, gint64 now)
{
    if (!va_state_frozen_deadline(freeze->state, &freeze->deadline)) {
        freeze->deadline = freeze->limit ? now + (gint64)freeze->limit * G_USEC_PER_SEC : 0;
    } else if (freeze->deadline) {
        gint64 left = (freeze->deadline - now) / G_USEC_PER_SEC;
        freeze->limit = (guint)CLAMP(left, 1, VA_CONFIG_SECONDS_MAX);
    } else {
        freeze->limit = 0;
    }
}

gboolean va_freeze_resume(VaFreeze *freeze, GError **error)
{
    gint64 now = g_get_monotonic_time();

    if (!freeze->quiet)
        return TRUE;
    freeze->watchdog = va_watchdog_new(va_freeze_bite, freeze, error);
    if (!freeze->watchdog)
        return FALSE;
    g_warning("filesystems were left frozen; only what is safe then is allowed");
    freeze->began = now;
    take_deadline(freeze, now);
    os_memory_keep(TRUE);
    if (freeze->log)
        va_log_hold(freeze->log, TRUE);
    va_watchdog_set(freeze->watchdog, now + SUSPECT_INTERVAL);
    freeze->changed(freeze->data);
    return TRUE;
}

/* With the mutex: TRUE if none of it is frozen any more, as far as can be known. */
static gboolean is_over(VaFreeze *freeze)
{
    os_freeze_look_again(freeze->plan->filesystems);
    gboolean over = freeze->sure && !any_suspected(freeze->plan->filesystems);
    for (guint i = 0; over && i < freeze->plan->items->len; i++) {
        VaFreezeItem *item = freeze->plan->items->pdata[i];
        if (item->state == VA_FREEZE_FROZEN)
            va_freeze_item_set(item, VA_FREEZE_SKIPPED, g_strdup("is not frozen any more"));
    }
    return over;
}

/* Nothing is looked at or changed under the hands of a thaw, which may have begun meanwhile. */
gboolean va_freeze_look_again(VaFreeze *freeze)
{
    gint64 next = g_get_monotonic_time() + SUSPECT_INTERVAL;

    g_mutex_lock(&freeze->mutex);
    freeze->rescuing = freeze->quiet && !freeze->thawing && is_over(freeze);
    gboolean over = freeze->rescuing;
    if (!over && freeze->quiet)
        va_watchdog_set(freeze->watchdog, freeze->deadline ? MIN(next, freeze->deadline) : next);
    g_mutex_unlock(&freeze->mutex);
    if (!over)
        return FALSE;
    va_freeze_be_loud(freeze, VA_FREEZE_BY_FAILURE);
    g_message("what an agent before this one had frozen has been thawed by somebody else");
    return TRUE;
}
