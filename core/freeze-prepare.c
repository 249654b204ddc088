/* SPDX-License-Identifier: Apache-2.0 */

/* What is done before anything stands still, with a thread per disk that may take its time. */

#include <gio/gio.h>

#include "error.h"
#include "freeze-plan.h"

/* Filesystems that are written out side by side. */
#define WORKERS_MAX 8u

/* Writing out is repeated, as programs go on meanwhile, until there is so little left that it takes
 * no longer than this (microseconds), but not for ever. */
#define LITTLE_LEFT 100000
#define PASSES_MAX  3

/* How often @give_up is looked at, in microseconds. */
#define LOOK_INTERVAL 200000

/* Shared by the caller and the workers; whoever leaves last frees it. */
typedef struct {
    gint references; /* atomic */
    VaFreezePlan *plan;
    GPtrArray *items; /* of VaFreezeItem, the plan's; not changed any more */
    VaPrepare what;
    GMutex mutex; /* guards what follows, and the items' problems until .left */
    GCond progress;
    guint next; /* item to be taken by the next worker */
    guint workers;
    GPtrArray *begun; /* items that a worker has not come back from */
    GError *error;    /* of the first that could not be opened */
    gboolean left;    /* the caller does not wait any more */
} Job;

static void job_unref(Job *job)
{
    if (!g_atomic_int_dec_and_test(&job->references))
        return;
    va_freeze_plan_unref(job->plan);
    g_ptr_array_unref(job->items);
    g_ptr_array_unref(job->begun);
    g_clear_error(&job->error);
    g_mutex_clear(&job->mutex);
    g_cond_clear(&job->progress);
    g_free(job);
}

/* The next item to be done, NULL if there is none. */
static VaFreezeItem *take_item(Job *job)
{
    VaFreezeItem *item = NULL;

    g_mutex_lock(&job->mutex);
    if (!job->left && job->next < job->items->len) {
        item = job->items->pdata[job->next++];
        g_atomic_int_set(&item->preparing, 1);
        g_ptr_array_add(job->begun, item);
    }
    g_mutex_unlock(&job->mutex);
    return item;
}

/* What became of one, with the mutex.  What could not be opened at first may be so later; an error
 * of writing out is told by the system once. */
static void note(Job *job, VaFreezeItem *item, GError *open_error, const GError *sync_error)
{
    const GError *error = open_error ? open_error : sync_error;

    if (error || job->what == VA_PREPARE_OPEN) {
        g_free(item->problem);
        item->problem = error ? g_strdup(error->message) : NULL;
    }
    item->gone = g_error_matches(open_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
    if (open_error && !item->gone && !job->error)
        job->error = g_error_copy(open_error);
}

static void prepare_item(Job *job, VaFreezeItem *item)
{
    g_autoptr(GError) open_error = NULL;
    g_autoptr(GError) sync_error = NULL;
    gint64 began = g_get_monotonic_time();
    gboolean sync =
        os_freeze_open(item->filesystem, &open_error) && job->what == VA_PREPARE_WRITE_OUT;

    if (sync)
        os_freeze_sync(item->filesystem, &sync_error);
    g_mutex_lock(&job->mutex);
    g_ptr_array_remove(job->begun, item);
    if (job->left) {
        os_freeze_close(item->filesystem);
    } else {
        note(job, item, open_error, sync_error);
        if (sync)
            item->write_out_ms =
                MAX(item->write_out_ms, 0) + (g_get_monotonic_time() - began) / 1000;
    }
    g_atomic_int_set(&item->preparing, 0);
    g_mutex_unlock(&job->mutex);
}

static gpointer work(gpointer data)
{
    Job *job = data;

    for (VaFreezeItem *item; (item = take_item(job));)
        prepare_item(job, item);
    g_mutex_lock(&job->mutex);
    job->workers--;
    g_cond_signal(&job->progress);
    g_mutex_unlock(&job->mutex);
    job_unref(job);
    return NULL;
}

static gboolean start_worker(Job *job, GError **error)
{
    g_atomic_int_inc(&job->references);
    GThread *thread = g_thread_try_new("prepare", work, job, error);
    if (!thread) {
        job_unref(job);
        return FALSE;
    }
    g_thread_unref(thread);
    job->workers++;
    return TRUE;
}

static gboolean start_workers(Job *job, GError **error)
{
    guint count = MIN(WORKERS_MAX, job->items->len);
    gboolean started = TRUE;

    g_mutex_lock(&job->mutex);
    while (started && job->workers < count)
        started = start_worker(job, error);
    g_mutex_unlock(&job->mutex);
    return started;
}

/* Those that do not answer are left to themselves, with their workers. */
static void do_without(Job *job, gboolean given_up)
{
    gboolean open = job->what == VA_PREPARE_OPEN;

    if (given_up && job->workers && !job->error)
        va_fail(&job->error, "given up before all filesystems were ready");
    for (guint i = 0; i < job->begun->len; i++) {
        VaFreezeItem *item = job->begun->pdata[i];
        g_autoptr(GError) error = NULL;
        va_fail(&error, "'%s' %s", item->filesystem->mountpoint,
                open ? "does not answer" : "was not written out in time");
        note(job, item, error, NULL);
    }
    if (job->workers && !job->error)
        va_fail(&job->error, "not all filesystems were ready in time");
    job->left = TRUE;
}

static gboolean await(Job *job, gint64 deadline, const gint *give_up, GError **error)
{
    g_mutex_lock(&job->mutex);
    while (job->workers && !g_atomic_int_get(give_up) && g_get_monotonic_time() < deadline)
        g_cond_wait_until(&job->progress, &job->mutex,
                          MIN(deadline, g_get_monotonic_time() + LOOK_INTERVAL));
    do_without(job, g_atomic_int_get(give_up) != 0);
    GError *failure = g_steal_pointer(&job->error);
    g_mutex_unlock(&job->mutex);

    if (failure)
        g_propagate_error(error, failure);
    return failure == NULL;
}

static Job *job_new(VaFreezePlan *plan, VaFreezeState state, VaPrepare what)
{
    Job *job = g_new0(Job, 1);

    job->references = 1;
    job->plan = va_freeze_plan_ref(plan);
    job->items = g_ptr_array_new();
    job->begun = g_ptr_array_new();
    job->what = what;
    g_mutex_init(&job->mutex);
    g_cond_init(&job->progress);
    for (guint i = 0; i < plan->items->len; i++) {
        VaFreezeItem *item = plan->items->pdata[i];
        if (item->state == state && !g_atomic_int_get(&item->preparing))
            g_ptr_array_add(job->items, item);
    }
    return job;
}

static gboolean pass(Job *job, gint64 deadline, const gint *give_up, GError **error)
{
    gboolean started = start_workers(job, error);
    gboolean done = await(job, deadline, give_up, started ? error : NULL) && started;
    job_unref(job);
    return done;
}

gboolean va_freeze_plan_prepare(VaFreezePlan *plan, VaFreezeState state, VaPrepare what,
                                guint seconds, const gint *give_up, GError **error)
{
    gint64 deadline =
        seconds ? g_get_monotonic_time() + (gint64)seconds * G_USEC_PER_SEC : G_MAXINT64;

    for (guint passes = 0; passes < PASSES_MAX; passes++) {
        gint64 began = g_get_monotonic_time();
        if (!pass(job_new(plan, state, what), deadline, give_up, error))
            return FALSE;
        if (what == VA_PREPARE_OPEN || g_get_monotonic_time() - began < LITTLE_LEFT)
            break;
    }
    return TRUE;
}

/* A worker that was left behind closes what it comes back with. */
void va_freeze_plan_close(VaFreezePlan *plan)
{
    for (guint i = 0; i < plan->items->len; i++) {
        VaFreezeItem *item = plan->items->pdata[i];
        if (!g_atomic_int_get(&item->preparing))
            os_freeze_close(item->filesystem);
    }
}
