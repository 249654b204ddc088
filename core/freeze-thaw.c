/* SPDX-License-Identifier: Apache-2.0 */

/* Thawing, on a lane or on the watchdog's thread. */

#include "error.h"
#include "freeze-private.h"
#include "os-memory.h"

/* Seconds that opening what a predecessor left may take. */
#define OPEN_PATIENCE 10u

void va_freeze_batch_clear(VaFreezeBatch *batch)
{
    g_clear_pointer(&batch->items, g_ptr_array_unref);
    g_clear_pointer(&batch->filesystems, g_ptr_array_unref);
}

static void claim_item(VaFreezeBatch *batch, VaFreezeItem *item, VaFreezeState from,
                       VaFreezeState to)
{
    if (item->state != from)
        return;
    item->state = to;
    g_ptr_array_add(batch->items, item);
    g_ptr_array_add(batch->filesystems, item->filesystem);
}

gboolean va_freeze_claim(VaFreeze *freeze, guint i, VaFreezeState from, VaFreezeState to,
                         VaFreezeBatch *batch)
{
    const GPtrArray *items = freeze->plan->items;
    gboolean joint = os_freeze_is_joint();
    guint first = joint ? 0 : i;
    guint end = joint ? items->len : i + 1;

    batch->items = g_ptr_array_new();
    batch->filesystems = g_ptr_array_new();
    g_mutex_lock(&freeze->mutex);
    for (guint at = first; at < end; at++)
        claim_item(batch, items->pdata[at], from, to);
    g_mutex_unlock(&freeze->mutex);
    return batch->items->len > 0;
}

void va_freeze_note_writers(VaFreeze *freeze, GPtrArray *writers)
{
    g_clear_pointer(&freeze->writers, g_ptr_array_unref);
    freeze->writers = writers;
}

gint64 va_freeze_ms_since(gint64 began)
{
    return (g_get_monotonic_time() - began) / 1000;
}

void va_freeze_await_rescue(VaFreeze *freeze)
{
    while (freeze->rescuing)
        g_cond_wait(&freeze->rescued, &freeze->mutex);
}

gboolean va_freeze_be_loud(VaFreeze *freeze, VaFreezeEnd by)
{
    g_mutex_lock(&freeze->mutex);
    gboolean done = freeze->quiet && !va_freeze_holds(freeze);
    if (done) {
        freeze->quiet = FALSE;
        freeze->over = g_get_monotonic_time();
        freeze->ended_by = by;
        va_watchdog_set(freeze->watchdog, 0);
    }
    g_mutex_unlock(&freeze->mutex);
    if (!done)
        return FALSE;
    va_state_clear_frozen(freeze->state);
    os_memory_keep(FALSE);
    if (freeze->log)
        va_log_hold(freeze->log, FALSE);
    va_freeze_plan_close(freeze->plan); /* the last of an unmounted one may take its time */
    return TRUE;
}

/* One that a predecessor may have frozen, and that cannot be opened, counts only if it seems to be
 * frozen indeed. */
static OsFreezeOutcome thaw(const VaFreeze *freeze, const VaFreezeBatch *batch, GError **error)
{
    const VaFreezeItem *item = batch->items->pdata[0];

    if (!freeze->inherited || !item->problem)
        return os_freeze_thaw(batch->filesystems, error);
    if (!item->filesystem->suspected)
        return OS_FREEZE_ALREADY;
    va_fail(error, "%s", item->problem);
    return OS_FREEZE_FAILED;
}

static void note_thaw(const VaFreeze *freeze, VaFreezeItem *item, OsFreezeOutcome outcome,
                      const GError *error)
{
    if (outcome == OS_FREEZE_DONE)
        va_freeze_item_set(item, VA_FREEZE_THAWED, NULL);
    else if (outcome == OS_FREEZE_FAILED)
        va_freeze_item_set(item, VA_FREEZE_FROZEN, g_strdup(error->message));
    else if (outcome == OS_FREEZE_BROKEN)
        va_freeze_item_set(item, VA_FREEZE_THAWED, g_strdup(error->message));
    else if (freeze->inherited)
        va_freeze_item_set(item, VA_FREEZE_SKIPPED, g_strdup("was not frozen"));
    else
        va_freeze_item_set(item, VA_FREEZE_THAWED, g_strdup("somebody else had thawed it"));
}

static void note_thaws(VaFreeze *freeze, const VaFreezeBatch *batch, gint64 began,
                       OsFreezeOutcome outcome, const GError *error)
{
    g_autoptr(GPtrArray) writers = os_freeze_writers();

    g_mutex_lock(&freeze->mutex);
    for (guint i = 0; i < batch->items->len; i++) {
        VaFreezeItem *item = batch->items->pdata[i];
        item->thaw_ms = va_freeze_ms_since(began);
        note_thaw(freeze, item, outcome, error);
    }
    if (writers->len)
        va_freeze_note_writers(freeze, g_steal_pointer(&writers));
    if (outcome == OS_FREEZE_BROKEN && !freeze->broken)
        freeze->broken = g_strdup(error->message);
    g_mutex_unlock(&freeze->mutex);
}

/* How many were thawed by this. */
static guint thaw_batch(VaFreeze *freeze, guint i, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_auto(VaFreezeBatch) batch = {0};
    gint64 began = g_get_monotonic_time();

    if (!va_freeze_claim(freeze, i, VA_FREEZE_FROZEN, VA_FREEZE_THAWING, &batch))
        return 0;
    OsFreezeOutcome outcome = thaw(freeze, &batch, &why);
    note_thaws(freeze, &batch, began, outcome, why);
    if (why && error && !*error)
        g_propagate_error(error, g_steal_pointer(&why));
    return outcome == OS_FREEZE_DONE ? batch.items->len : 0;
}

guint va_freeze_thaw_items(VaFreeze *freeze, GError **error)
{
    guint count = 0;
    for (guint i = freeze->plan->items->len; i-- > 0;)
        count += thaw_batch(freeze, i, error);
    return count;
}

void va_freeze_open_inherited(VaFreeze *freeze)
{
    static const gint never = 0;

    if (freeze->inherited)
        va_freeze_plan_prepare(freeze->plan, VA_FREEZE_FROZEN, VA_PREPARE_OPEN, OPEN_PATIENCE,
                               &never, NULL);
}

/* Which hooks a predecessor ran is not known: all of them are told. */
void va_freeze_run_thaw_hooks(VaFreeze *freeze)
{
    g_autoptr(GError) error = NULL;
    VaHookSettings settings = va_freeze_hook_settings(freeze);

    if (!freeze->hooks)
        freeze->hooks = va_hooks_new(&settings, &error);
    if (!freeze->hooks || !va_hooks_release(freeze->hooks, VA_HOOK_THAW, &error))
        g_warning("after the thaw: %s", error->message);
}

gboolean va_freeze_thaw(VaFreeze *freeze, gint64 *count, GError **error)
{
    g_autoptr(GError) why = NULL;
    guint thawed = 0;

    g_mutex_lock(&freeze->mutex);
    va_freeze_await_rescue(freeze);
    gboolean frozen = va_freeze_holds(freeze);
    gboolean stuck = freeze->freezing;
    freeze->thawing = TRUE;
    g_mutex_unlock(&freeze->mutex);

    if (frozen) {
        va_freeze_open_inherited(freeze);
        thawed = va_freeze_thaw_items(freeze, &why);
        if (va_freeze_be_loud(freeze, VA_FREEZE_BY_THAW) && !stuck)
            va_freeze_run_thaw_hooks(freeze);
    }
    g_mutex_lock(&freeze->mutex);
    va_freeze_await_rescue(freeze); /* may have begun, and be at one of them still */
    freeze->thawing = FALSE;
    g_autofree char *broken = g_steal_pointer(&freeze->broken);
    g_mutex_unlock(&freeze->mutex);
    if (broken && !why)
        va_fail(&why, "%s", broken);
    if (!why && va_freeze_is_frozen(freeze))
        va_fail(&why, "failed to thaw all: the system is still at work on one");
    if (why) {
        g_propagate_error(error, g_steal_pointer(&why));
        return FALSE;
    }
    *count = thawed;
    return TRUE;
}
