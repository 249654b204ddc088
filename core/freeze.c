/* SPDX-License-Identifier: Apache-2.0 */
#include "freeze-private.h"

#include "error.h"

gboolean va_freeze_holds(const VaFreeze *freeze)
{
    return freeze->plan &&
           va_freeze_plan_count(freeze->plan, VA_FREEZE_FREEZING, VA_FREEZE_THAWING) > 0;
}

gboolean va_freeze_is_frozen(VaFreeze *freeze)
{
    g_mutex_lock(&freeze->mutex);
    gboolean frozen = va_freeze_holds(freeze);
    g_mutex_unlock(&freeze->mutex);
    return frozen;
}

gboolean va_freeze_gates(VaFreeze *freeze)
{
    g_mutex_lock(&freeze->mutex);
    gboolean gates = freeze->busy || freeze->quiet;
    g_mutex_unlock(&freeze->mutex);
    return gates;
}

/* Hooks may still be told of the thaw when nothing is frozen any more. */
static gboolean is_at_rest(VaFreeze *freeze)
{
    g_mutex_lock(&freeze->mutex);
    gboolean rest = !freeze->busy && !freeze->quiet && !freeze->thawing && !freeze->rescuing;
    g_mutex_unlock(&freeze->mutex);
    return rest;
}

static gboolean hangs(VaFreeze *freeze)
{
    g_mutex_lock(&freeze->mutex);
    gboolean stuck = freeze->freezing && !freeze->rescuing && g_atomic_int_get(&freeze->give_up) &&
                     va_freeze_plan_count(freeze->plan, VA_FREEZE_FREEZING, VA_FREEZE_FREEZING) > 0;
    g_mutex_unlock(&freeze->mutex);
    return stuck;
}

gboolean va_freeze_has_stuck(VaFreeze *freeze)
{
    if (freeze->stuck_told || !hangs(freeze))
        return FALSE;
    freeze->stuck_told = TRUE;
    return TRUE;
}

void va_freeze_settle(VaFreeze *freeze)
{
    freeze->changed(freeze->data);
    if (freeze->stopped && is_at_rest(freeze)) {
        void (*stopped)(gpointer data) = g_steal_pointer(&freeze->stopped);
        stopped(freeze->stopped_data);
    }
}

static gboolean settle(gpointer freeze)
{
    va_freeze_settle(freeze);
    return G_SOURCE_REMOVE;
}

void va_freeze_settle_later(VaFreeze *freeze)
{
    g_idle_add_full(G_PRIORITY_DEFAULT, settle, freeze, NULL);
}

gboolean va_freeze_begin(VaFreeze *freeze, GError **error)
{
    if (freeze->stopping)
        return va_fail(error, "the agent is about to end");
    if (!freeze->watchdog && !(freeze->watchdog = va_watchdog_new(va_freeze_bite, freeze, error)))
        return FALSE;
    g_mutex_lock(&freeze->mutex);
    freeze->busy = TRUE;
    g_mutex_unlock(&freeze->mutex);
    freeze->stuck_told = FALSE;
    freeze->changed(freeze->data);
    return TRUE;
}

void va_freeze_end(VaFreeze *freeze)
{
    g_mutex_lock(&freeze->mutex);
    freeze->busy = FALSE;
    g_mutex_unlock(&freeze->mutex);
    va_freeze_settle(freeze);
}

void va_freeze_thawed(VaFreeze *freeze)
{
    va_freeze_settle(freeze);
}

void va_freeze_stop(VaFreeze *freeze, void (*stopped)(gpointer data), gpointer data)
{
    freeze->stopped = stopped;
    freeze->stopped_data = data;
    g_mutex_lock(&freeze->mutex);
    freeze->stopping = TRUE;
    g_atomic_int_set(&freeze->give_up, 1);
    if (freeze->watchdog)
        va_watchdog_set(freeze->watchdog, g_get_monotonic_time());
    g_mutex_unlock(&freeze->mutex);
    va_freeze_settle(freeze);
}

static gint64 held_ms(const VaFreeze *freeze)
{
    gint64 end = freeze->over ? freeze->over : g_get_monotonic_time();
    return freeze->began ? (end - freeze->began) / 1000 : -1;
}

void va_freeze_inspect(VaFreeze *freeze, void (*look)(const VaFreezeView *view, gpointer data),
                       gpointer data)
{
    g_mutex_lock(&freeze->mutex);
    va_freeze_await_rescue(freeze); /* has the hooks and, of a predecessor's, the problems */
    const VaFreezeView view = {
        .frozen = va_freeze_holds(freeze),
        .inherited = freeze->inherited,
        .held_ms = held_ms(freeze),
        .limit = freeze->limit,
        .ended = freeze->plan && !freeze->quiet && !freeze->freezing,
        .ended_by = freeze->ended_by,
        .plan = freeze->plan,
        .hooks = freeze->hooks && !freeze->freezing ? va_hooks_results(freeze->hooks) : NULL,
        .writers = freeze->writers,
    };
    look(&view, data);
    g_mutex_unlock(&freeze->mutex);
}

VaHookSettings va_freeze_hook_settings(const VaFreeze *freeze)
{
    return (VaHookSettings){freeze->config->hooks_dir, freeze->config->fsfreeze_hook,
                            va_config_hook_limit(freeze->config)};
}

void va_freeze_set_log(VaFreeze *freeze, VaLog *log)
{
    freeze->log = log;
}

VaFreeze *va_freeze_new(const VaConfig *config, VaState *state, VaFreezeChanged changed,
                        gpointer data)
{
    VaFreeze *freeze = g_new0(VaFreeze, 1);

    freeze->config = config;
    freeze->state = state;
    freeze->changed = changed;
    freeze->data = data;
    g_mutex_init(&freeze->mutex);
    g_cond_init(&freeze->rescued);
    return freeze;
}

/* With a thread of ours still in the kernel, what it works on must stay. */
static gboolean is_left_behind(VaFreeze *freeze)
{
    g_mutex_lock(&freeze->mutex);
    gboolean left = freeze->freezing || freeze->thawing || freeze->rescuing;
    g_mutex_unlock(&freeze->mutex);
    return left;
}

void va_freeze_free(VaFreeze *freeze)
{
    if (!freeze || is_left_behind(freeze))
        return;
    va_watchdog_free(freeze->watchdog);
    while (g_source_remove_by_user_data(freeze)) /* settle() may be pending */
        continue;
    va_freeze_plan_unref(freeze->plan);
    va_hooks_free(freeze->hooks);
    va_freeze_note_writers(freeze, NULL);
    g_free(freeze->broken);
    g_mutex_clear(&freeze->mutex);
    g_cond_clear(&freeze->rescued);
    g_free(freeze);
}
