/* SPDX-License-Identifier: Apache-2.0 */

/* Freezing and thawing, on a lane or on the watchdog's thread. */

#include "error.h"
#include "freeze-private.h"
#include "os-memory.h"
#include "write-out.h"

/* Seconds that opening what a predecessor left may take. */
#define OPEN_PATIENCE 10u

/* Seconds that writing out may take.  It is not part of the time limit: programs go on meanwhile.
 */
#define WRITE_OUT_PATIENCE 600u

void va_freeze_be_quiet(VaFreeze *freeze)
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

/* Whether @item was in the state @from; then it is ours, and in the state @to. */
static gboolean claim(VaFreeze *freeze, VaFreezeItem *item, VaFreezeState from, VaFreezeState to)
{
    g_mutex_lock(&freeze->mutex);
    gboolean ours = item->state == from;
    if (ours)
        item->state = to;
    g_mutex_unlock(&freeze->mutex);
    return ours;
}

static gint64 milliseconds_since(gint64 began)
{
    return (g_get_monotonic_time() - began) / 1000;
}

/* One that a predecessor may have frozen, and that cannot be opened, counts only if it seems to be
 * frozen indeed. */
static OsFreezeOutcome thaw(const VaFreeze *freeze, const VaFreezeItem *item, GError **error)
{
    if (!freeze->inherited || !item->problem)
        return os_freeze_thaw(item->filesystem, error);
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
    else if (freeze->inherited)
        va_freeze_item_set(item, VA_FREEZE_SKIPPED, g_strdup("was not frozen"));
    else
        va_freeze_item_set(item, VA_FREEZE_THAWED, g_strdup("somebody else had thawed it"));
}

static gboolean thaw_item(VaFreeze *freeze, VaFreezeItem *item, GError **error)
{
    g_autoptr(GError) why = NULL;
    gint64 began = g_get_monotonic_time();

    if (!claim(freeze, item, VA_FREEZE_FROZEN, VA_FREEZE_THAWING))
        return FALSE;
    OsFreezeOutcome outcome = thaw(freeze, item, &why);
    g_mutex_lock(&freeze->mutex);
    item->thaw_ms = milliseconds_since(began);
    note_thaw(freeze, item, outcome, why);
    g_mutex_unlock(&freeze->mutex);
    if (why && error && !*error)
        g_propagate_error(error, g_steal_pointer(&why));
    return outcome == OS_FREEZE_DONE;
}

guint va_freeze_thaw_items(VaFreeze *freeze, GError **error)
{
    guint count = 0;
    for (guint i = freeze->plan->items->len; i-- > 0;)
        count += thaw_item(freeze, freeze->plan->items->pdata[i], error) ? 1 : 0;
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

static gboolean freeze_item(VaFreeze *freeze, VaFreezeItem *item, GError **error)
{
    g_autoptr(GError) why = NULL;
    gint64 began = g_get_monotonic_time();

    if (!claim(freeze, item, VA_FREEZE_PLANNED, VA_FREEZE_FREEZING))
        return TRUE;
    OsFreezeOutcome outcome = os_freeze_freeze(item->filesystem, &why);
    g_mutex_lock(&freeze->mutex);
    item->freeze_ms = milliseconds_since(began);
    note_freeze(item, outcome, why);
    g_mutex_unlock(&freeze->mutex);
    if (why)
        g_propagate_error(error, g_steal_pointer(&why));
    return outcome != OS_FREEZE_FAILED;
}

static gboolean freeze_items(VaFreeze *freeze, GError **error)
{
    const GPtrArray *items = freeze->plan->items;

    for (guint i = 0; i < items->len && !g_atomic_int_get(&freeze->give_up); i++)
        if (!freeze_item(freeze, items->pdata[i], error))
            return FALSE;
    return TRUE;
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
    g_mutex_unlock(&freeze->mutex);
    if (!given_up)
        return TRUE;
    if (stopping)
        return va_fail(error, "the agent is about to end; nothing is frozen");
    return va_fail(error,
                   "the freeze took longer than its time limit of %u s; everything is thawed",
                   freeze->limit);
}

void va_freeze_await_rescue(VaFreeze *freeze)
{
    while (freeze->rescuing)
        g_cond_wait(&freeze->rescued, &freeze->mutex);
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
static gboolean hold(VaFreeze *freeze, gint64 *count, GError **error)
{
    guint frozen = 0;
    gboolean held = prepare(freeze, error);

    if (held) {
        va_freeze_be_quiet(freeze);
        held = freeze_items(freeze, error) && hand_over(freeze, &frozen, error);
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
    if (freeze->left_over)
        va_watchdog_set(freeze->watchdog, g_get_monotonic_time() + VA_FREEZE_RETRY_INTERVAL);
    g_mutex_unlock(&freeze->mutex);
}

gboolean va_freeze_freeze(VaFreeze *freeze, const GPtrArray *paths, gint64 limit, gint64 *count,
                          GError **error)
{
    g_autoptr(VaFreezePlan) plan = va_freeze_plan_new(paths, freeze->config->freeze_skip, error);
    VaHookSettings settings = va_freeze_hook_settings(freeze);
    gboolean done = FALSE;

    if (!plan)
        return FALSE;
    start_over(freeze, plan, limit);
    *count = 0;
    if (va_freeze_plan_count(plan, VA_FREEZE_PLANNED, VA_FREEZE_PLANNED) == 0)
        done = TRUE;
    else if ((freeze->hooks = va_hooks_new(&settings, error)) &&
             va_hooks_freeze(freeze->hooks, error))
        done = hold(freeze, count, error);
    finish(freeze, done);
    return done;
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
    g_mutex_unlock(&freeze->mutex);
    if (!why && va_freeze_is_frozen(freeze))
        va_fail(&why, "failed to thaw all: the system is still at work on one");
    if (why) {
        g_propagate_error(error, g_steal_pointer(&why));
        return FALSE;
    }
    *count = thawed;
    return TRUE;
}
