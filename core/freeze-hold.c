/* SPDX-License-Identifier: Apache-2.0 */

/* Freezing, on a lane: from the hooks to the last filesystem, and back if it does not come to that.
 */

#include "error.h"
#include "freeze-private.h"
#include "os-memory.h"
#include "write-out.h"

/* Seconds that writing out may take.  It is not part of the time limit: programs go on meanwhile.
 */
#define WRITE_OUT_PATIENCE 600u

/* What must be so while anything is frozen, before the first is. */
static void be_quiet(VaFreeze *freeze)
{
    g_autoptr(GError) error = NULL;
    gint64 began = g_get_monotonic_time();
    gint64 deadline = freeze->limit ? began + (gint64)freeze->limit * G_USEC_PER_SEC : 0;

    if (!va_state_mark_frozen(freeze->state, deadline, &error))
        g_warning("%s", error->message);
    if (!os_memory_keep(TRUE))
        g_debug("memory cannot be kept resident");
    if (freeze->log)
        va_log_hold(freeze->log, TRUE);
    g_mutex_lock(&freeze->mutex);
    freeze->quiet = TRUE;
    freeze->began = began;
    freeze->deadline = deadline;
    if (!freeze->stopping)
        va_watchdog_set(freeze->watchdog, deadline);
    g_mutex_unlock(&freeze->mutex);
}

static void note_freeze(VaFreezeItem *item, OsFreezeOutcome outcome, const GError *error)
{
    static const char *const reasons[] = {
        [OS_FREEZE_ALREADY] = "somebody else had frozen it",
        [OS_FREEZE_UNSUPPORTED] = "it cannot be frozen",
    };

    if (outcome == OS_FREEZE_DONE)
        va_freeze_item_set(item, VA_FREEZE_FROZEN, NULL);
    else if (outcome == OS_FREEZE_FAILED)
        va_freeze_item_set(item, VA_FREEZE_FAILED, g_strdup(error->message));
    else
        va_freeze_item_set(item, VA_FREEZE_SKIPPED, g_strdup(reasons[outcome]));
}

static void note_freezes(VaFreeze *freeze, const VaFreezeBatch *batch, gint64 began,
                         OsFreezeOutcome outcome, const GError *error)
{
    g_autoptr(GPtrArray) writers = os_freeze_writers();

    g_mutex_lock(&freeze->mutex);
    for (guint i = 0; i < batch->items->len; i++) {
        VaFreezeItem *item = batch->items->pdata[i];
        item->freeze_ms = va_freeze_ms_since(began);
        note_freeze(item, outcome, error);
    }
    if (writers->len)
        va_freeze_note_writers(freeze, g_steal_pointer(&writers));
    g_mutex_unlock(&freeze->mutex);
}

static gboolean freeze_batch(VaFreeze *freeze, guint i, const OsFreezeOptions *options,
                             GError **error)
{
    g_autoptr(GError) why = NULL;
    g_auto(VaFreezeBatch) batch = {0};
    gint64 began = g_get_monotonic_time();

    if (!va_freeze_claim(freeze, i, VA_FREEZE_PLANNED, VA_FREEZE_FREEZING, &batch))
        return TRUE;
    OsFreezeOutcome outcome = os_freeze_freeze(batch.filesystems, options, &why);
    note_freezes(freeze, &batch, began, outcome, why);
    if (why)
        g_propagate_error(error, g_steal_pointer(&why));
    return outcome != OS_FREEZE_FAILED;
}

static gboolean freeze_items(VaFreeze *freeze, const OsFreezeOptions *options, GError **error)
{
    for (guint i = 0; i < freeze->plan->items->len && !g_atomic_int_get(&freeze->give_up); i++)
        if (!freeze_batch(freeze, i, options, error))
            return FALSE;
    return TRUE;
}

/* With the mutex: a system that ends a freeze by itself is not waited for longer. */
static void shorten(VaFreeze *freeze)
{
    gint64 longest = (gint64)os_freeze_longest() * G_USEC_PER_SEC;
    gint64 end = g_get_monotonic_time() + longest;

    if (!longest || (freeze->deadline && freeze->deadline <= end))
        return;
    freeze->deadline = end;
    va_watchdog_set(freeze->watchdog, end);
}

/* The one moment after which the watchdog, and not this freeze, sees to the end of it; unless it
 * has been given up before (FALSE), or nothing is frozen. */
static gboolean hand_over(VaFreeze *freeze, guint *frozen, GError **error)
{
    g_mutex_lock(&freeze->mutex);
    gboolean given_up = g_atomic_int_get(&freeze->give_up) != 0;
    gboolean stopping = freeze->stopping;
    *frozen = va_freeze_plan_count(freeze->plan, VA_FREEZE_FROZEN, VA_FREEZE_THAWED);
    freeze->freezing = given_up || *frozen == 0;
    if (!freeze->freezing)
        shorten(freeze);
    g_mutex_unlock(&freeze->mutex);
    if (!given_up)
        return TRUE;
    if (stopping)
        return va_fail(error, "the agent is about to end; nothing is frozen");
    return va_fail(error,
                   "the freeze took longer than its time limit of %u s; everything is thawed",
                   freeze->limit);
}

/* Back to where we were: nothing frozen, the applications told. */
static void unwind(VaFreeze *freeze)
{
    g_autoptr(GError) error = NULL;

    g_mutex_lock(&freeze->mutex);
    va_freeze_await_rescue(freeze);
    VaFreezeEnd by = freeze->stopping ? VA_FREEZE_BY_STOP : freeze->ended_by;
    g_mutex_unlock(&freeze->mutex);
    va_freeze_thaw_items(freeze, &error);
    va_freeze_be_loud(freeze, by);
    if (error)
        g_critical("%s", error->message);
    va_hooks_release(freeze->hooks, VA_HOOK_ABORT, NULL);
}

/* What was unmounted while others were written out needs no freeze. */
static void leave_out_gone(VaFreeze *freeze)
{
    g_mutex_lock(&freeze->mutex);
    for (guint i = 0; i < freeze->plan->items->len; i++) {
        VaFreezeItem *item = freeze->plan->items->pdata[i];
        if (item->gone)
            va_freeze_item_set(item, VA_FREEZE_SKIPPED, g_strdup("it is not mounted any more"));
    }
    g_mutex_unlock(&freeze->mutex);
}

/* The system's own way first, which does not hold up programs; then the certain one. */
static gboolean prepare(VaFreeze *freeze, GError **error)
{
    va_write_out(WRITE_OUT_PATIENCE, &freeze->give_up);
    gboolean ready = va_freeze_plan_prepare(freeze->plan, VA_FREEZE_PLANNED, VA_PREPARE_WRITE_OUT,
                                            WRITE_OUT_PATIENCE, &freeze->give_up, error);
    if (ready)
        leave_out_gone(freeze);
    else
        va_freeze_plan_close(freeze->plan);
    return ready;
}

/* From the hooks to the last filesystem. */
static gboolean hold(VaFreeze *freeze, const VaFreezeRequest *request, gint64 *count,
                     GError **error)
{
    const OsFreezeOptions options = {request->backup_type, request->without_writers,
                                     &freeze->give_up};
    guint frozen = 0;
    gboolean held = prepare(freeze, error);

    if (held) {
        be_quiet(freeze);
        held = freeze_items(freeze, &options, error) && hand_over(freeze, &frozen, error);
    }
    if (!held || frozen == 0)
        unwind(freeze);
    else
        *count = frozen;
    return held;
}

static void start_over(VaFreeze *freeze, VaFreezePlan *plan, gint64 limit)
{
    g_mutex_lock(&freeze->mutex);
    va_freeze_await_rescue(freeze);
    va_freeze_plan_unref(freeze->plan);
    freeze->plan = va_freeze_plan_ref(plan);
    g_clear_pointer(&freeze->hooks, va_hooks_free);
    g_clear_pointer(&freeze->broken, g_free);
    va_freeze_note_writers(freeze, NULL);
    freeze->freezing = TRUE;
    freeze->inherited = freeze->left_over = FALSE;
    freeze->began = freeze->over = 0;
    freeze->ended_by = VA_FREEZE_BY_FAILURE;
    freeze->limit = limit < 0 ? va_config_freeze_limit(freeze->config) : (guint)limit;
    g_atomic_int_set(&freeze->give_up, freeze->stopping);
    g_mutex_unlock(&freeze->mutex);
}

/* A host that is told of a failure need not ask for the thaw of what is frozen in spite of it. */
static void finish(VaFreeze *freeze, gboolean done)
{
    g_mutex_lock(&freeze->mutex);
    freeze->freezing = FALSE;
    freeze->left_over = !done && va_freeze_holds(freeze);
    if (!done) /* the error has said all there is to say */
        g_clear_pointer(&freeze->broken, g_free);
    if (freeze->left_over)
        va_watchdog_set(freeze->watchdog, g_get_monotonic_time() + VA_FREEZE_RETRY_INTERVAL);
    g_mutex_unlock(&freeze->mutex);
}

gboolean va_freeze_freeze(VaFreeze *freeze, const VaFreezeRequest *request, gint64 *count,
                          GError **error)
{
    g_autoptr(VaFreezePlan) plan =
        va_freeze_plan_new(request->paths, freeze->config->freeze_skip, error);
    VaHookSettings settings = va_freeze_hook_settings(freeze);
    gboolean done = FALSE;

    if (!plan)
        return FALSE;
    start_over(freeze, plan, request->limit);
    *count = 0;
    if (va_freeze_plan_count(plan, VA_FREEZE_PLANNED, VA_FREEZE_PLANNED) == 0)
        done = TRUE;
    else if ((freeze->hooks = va_hooks_new(&settings, error)) &&
             va_hooks_freeze(freeze->hooks, error))
        done = hold(freeze, request, count, error);
    finish(freeze, done);
    return done;
}
