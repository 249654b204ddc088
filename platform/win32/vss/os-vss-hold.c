/* SPDX-License-Identifier: Apache-2.0 */
#include "os-vss-hold.h"

#include "os-vss-com.h"
#include "os-vss-error.h"
#include "os-vss-writers.h"

/* Between two tries while VSS is busy: so many slices. */
#define RETRY_SLICES 5u

/* What the thread is at.  It may always go on, unless writes are held. */
typedef enum {
    PHASE_FREEZING,
    PHASE_HELD,
    PHASE_RELEASED, /* writes go on; writers are being told */
    PHASE_OVER,
} Phase;

struct OsVssHold {
    const OsVssSystem *system;
    OsVssOrder *order;
    gint references; /* atomic: the owner's and the thread's */
    gint cancel;     /* atomic */
    GMutex mutex;    /* guards what follows */
    GCond changed;
    gboolean thaw; /* asked for */
    Phase phase;
    OsFreezeOutcome outcome;
    GError *error;
};

static void hold_unref(OsVssHold *hold)
{
    if (!g_atomic_int_dec_and_test(&hold->references))
        return;
    os_vss_order_free(hold->order);
    g_clear_error(&hold->error);
    g_mutex_clear(&hold->mutex);
    g_cond_clear(&hold->changed);
    g_free(hold);
}

/* Takes @error. */
static void enter(OsVssHold *hold, Phase phase, OsFreezeOutcome outcome, GError *error)
{
    g_mutex_lock(&hold->mutex);
    hold->phase = phase;
    hold->outcome = outcome;
    g_clear_error(&hold->error);
    hold->error = error;
    g_cond_broadcast(&hold->changed);
    g_mutex_unlock(&hold->mutex);
}

/* FALSE: there is no time left for another try, or it is not wanted. */
static gboolean pause_before_retry(const OsVssHold *hold, gint64 until)
{
    for (guint i = 0; i < RETRY_SLICES && !g_atomic_int_get(&hold->cancel); i++)
        Sleep(hold->system->slice_ms);
    return !g_atomic_int_get(&hold->cancel) && g_get_monotonic_time() < until;
}

/* Until writes are held; as often as it takes, within bounds. */
static gboolean freeze(OsVssHold *hold, OsVssBackup *backup, GError **error)
{
    gint64 until = g_get_monotonic_time() + (gint64)hold->system->retry_ms * 1000;
    HRESULT code = S_OK;

    for (;;) {
        g_autoptr(GError) why = NULL;
        if (os_vss_backup_hold(backup, &code, &why))
            return TRUE;
        os_vss_backup_abort(backup);
        if (!os_vss_backup_may_retry(code) || !pause_before_retry(hold, until)) {
            g_propagate_error(error, g_steal_pointer(&why));
            return FALSE;
        }
    }
}

static void thaw(OsVssHold *hold, OsVssBackup *backup)
{
    GError *error = NULL;

    g_mutex_lock(&hold->mutex);
    while (!hold->thaw)
        g_cond_wait(&hold->changed, &hold->mutex);
    g_mutex_unlock(&hold->mutex);
    OsFreezeOutcome outcome = os_vss_backup_release(backup, &error);
    enter(hold, PHASE_RELEASED, outcome, error ? g_error_copy(error) : NULL);
    os_vss_backup_complete(backup);
    enter(hold, PHASE_OVER, outcome, error);
}

static void run(OsVssHold *hold)
{
    OsVssBackup backup = {
        .system = hold->system,
        .order = hold->order,
        .cancel = &hold->cancel,
        .deadline = g_get_monotonic_time() + (gint64)hold->system->freeze_ms * 1000,
    };
    GError *error = NULL;

    os_vss_writers_forget();
    if (freeze(hold, &backup, &error)) {
        enter(hold, PHASE_HELD, OS_FREEZE_DONE, NULL);
        thaw(hold, &backup);
    } else {
        enter(hold, PHASE_OVER, OS_FREEZE_FAILED, error);
    }
}

static gpointer hold_thread(gpointer data)
{
    OsVssHold *hold = data;
    GError *error = NULL;
    HRESULT entered = os_vss_com_enter();

    if (SUCCEEDED(entered)) {
        run(hold);
        os_vss_com_leave();
    } else {
        os_vss_error(&error, entered, "fsfreeze not possible as VSS failed to initialize");
        enter(hold, PHASE_OVER, OS_FREEZE_FAILED, error);
    }
    hold_unref(hold);
    return NULL;
}

static gint64 after(gint64 milliseconds)
{
    return g_get_monotonic_time() + milliseconds * 1000;
}

/* With the mutex: waits until the thread is past @phase, or the time is over; FALSE: it is not. Who
 * gives up does not wait for longer than an end may take. */
static gboolean await(OsVssHold *hold, Phase phase, gint64 deadline, const gint *give_up)
{
    while (hold->phase <= phase) {
        gint64 slice = g_get_monotonic_time() + (gint64)hold->system->slice_ms * 1000;
        if (give_up && g_atomic_int_get(give_up) &&
            g_atomic_int_compare_and_exchange(&hold->cancel, 0, 1))
            deadline = MIN(deadline, after(hold->system->end_ms));
        if (g_get_monotonic_time() >= deadline)
            return FALSE;
        g_cond_wait_until(&hold->changed, &hold->mutex, MIN(slice, deadline));
    }
    return TRUE;
}

/* With the mutex. */
static void copy_error(const OsVssHold *hold, GError **error)
{
    if (hold->error && error)
        *error = g_error_copy(hold->error);
}

static gboolean await_freeze(OsVssHold *hold, const gint *give_up, GError **error)
{
    gint64 deadline = after((gint64)hold->system->freeze_ms + hold->system->end_ms);

    g_mutex_lock(&hold->mutex);
    gboolean answered = await(hold, PHASE_FREEZING, deadline, give_up);
    gboolean held = hold->phase == PHASE_HELD;
    copy_error(hold, error);
    g_mutex_unlock(&hold->mutex);
    if (!answered)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                    "failed to freeze: VSS does not answer");
    return held;
}

static OsVssHold *hold_alloc(const OsVssSystem *system, OsVssOrder *order)
{
    OsVssHold *hold = g_new0(OsVssHold, 1);

    hold->system = system;
    hold->order = order;
    hold->references = 1;
    g_mutex_init(&hold->mutex);
    g_cond_init(&hold->changed);
    return hold;
}

OsVssHold *os_vss_hold_new(const OsVssSystem *system, OsVssOrder *order, const gint *give_up,
                           GError **error)
{
    g_autoptr(OsVssHold) hold = hold_alloc(system, order);
    GThread *thread;

    g_atomic_int_inc(&hold->references);
    thread = g_thread_try_new("vss", hold_thread, hold, error);
    if (!thread) {
        hold_unref(hold);
        return NULL;
    }
    g_thread_unref(thread);
    return await_freeze(hold, give_up, error) ? g_steal_pointer(&hold) : NULL;
}

/* With the mutex. */
static void let_go(OsVssHold *hold)
{
    hold->thaw = TRUE;
    g_cond_broadcast(&hold->changed);
}

/* Writes go on; that writers take their time with the rest is not the host's concern.  If VSS does
 * not answer, they go on all the same: the system holds them for ten seconds at most. */
OsFreezeOutcome os_vss_hold_release(OsVssHold *hold, GError **error)
{
    gint64 deadline = after((gint64)hold->system->end_ms);

    g_mutex_lock(&hold->mutex);
    let_go(hold);
    gboolean answered = await(hold, PHASE_HELD, deadline, NULL);
    if (answered)
        await(hold, PHASE_RELEASED, deadline, NULL);
    OsFreezeOutcome outcome = answered ? hold->outcome : OS_FREEZE_BROKEN;
    if (answered)
        copy_error(hold, error);
    g_mutex_unlock(&hold->mutex);
    if (!answered)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "failed to thaw: VSS does not answer");
    return outcome;
}

void os_vss_hold_free(OsVssHold *hold)
{
    if (!hold)
        return;
    g_atomic_int_set(&hold->cancel, 1);
    g_mutex_lock(&hold->mutex);
    let_go(hold);
    g_mutex_unlock(&hold->mutex);
    hold_unref(hold);
}
