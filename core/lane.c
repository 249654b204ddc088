/* SPDX-License-Identifier: Apache-2.0 */
#include "lane.h"

#include "agent.h"
#include "error.h"
#include "turn.h"

struct VaLane {
    VaAgent *agent;
    VaLaneDone finished; /* NULL once the lane was left */
    gpointer data;

    GQueue waiting;     /* of VaRequest */
    gsize weight;       /* of those waiting */
    gboolean running;   /* something is with the thread, or is patient, or queues */
    VaRequest *patient; /* will be run when woken */
    VaRequest *queued;  /* waits for its turn */
    gboolean held;
    guint entered;  /* calls on the stack that will look at the lane again */
    gboolean stuck; /* left while something ran: counts against VA_LANES_STUCK_MAX */

    GThread *thread;
    GMutex mutex; /* guards what is below, all that the threads share */
    GCond wake;
    VaRequest *job;  /* to be picked up by the thread */
    VaRequest *done; /* to be picked up by the main thread */
    gboolean quit;
};

static void advance(VaLane *lane);

/* The next one's turn comes when the books of this one are done. */
static void finish(VaLane *lane, VaRequest *request)
{
    gboolean in_order = va_request_is_in_order(request);

    if (lane->finished)
        lane->finished(request, lane->data);
    else
        va_request_free(request);
    if (in_order)
        va_turn_give(va_agent_turn(lane->agent), lane);
}

/* The one thing that was running is through with its command. */
static void complete(VaLane *lane, VaRequest *request)
{
    lane->running = FALSE;
    lane->entered++;
    va_request_end(request);
    finish(lane, request);
    lane->entered--;
    advance(lane);
}

/* On the main thread again, after the worker ran the job. */
static gboolean job_done(gpointer data)
{
    VaLane *lane = data;

    g_mutex_lock(&lane->mutex);
    VaRequest *request = g_steal_pointer(&lane->done);
    g_mutex_unlock(&lane->mutex);
    complete(lane, request);
    return G_SOURCE_REMOVE;
}

/* A patient command's moment has come. */
static void woken(gpointer data)
{
    VaLane *lane = data;
    VaRequest *request = g_steal_pointer(&lane->patient);

    va_request_run(request);
    complete(lane, request);
}

/* Not g_main_context_invoke(): between two iterations that would run job_done() right here. */
static void report(VaLane *lane, VaRequest *job)
{
    g_mutex_lock(&lane->mutex);
    lane->done = job;
    g_mutex_unlock(&lane->mutex);
    g_autoptr(GSource) source = g_idle_source_new();
    g_source_set_priority(source, G_PRIORITY_DEFAULT);
    g_source_set_callback(source, job_done, lane, NULL);
    g_source_attach(source, NULL);
}

static VaRequest *next_job(VaLane *lane)
{
    g_mutex_lock(&lane->mutex);
    while (!lane->job && !lane->quit)
        g_cond_wait(&lane->wake, &lane->mutex);
    VaRequest *job = g_steal_pointer(&lane->job);
    g_mutex_unlock(&lane->mutex);
    return job;
}

static gpointer work(gpointer data)
{
    VaLane *lane = data;
    for (VaRequest *job; (job = next_job(lane));) {
        va_request_run(job);
        report(lane, job);
    }
    return NULL;
}

static void wake_worker(VaLane *lane, VaRequest *job)
{
    g_mutex_lock(&lane->mutex);
    lane->job = job;
    lane->quit = job == NULL;
    g_cond_signal(&lane->wake);
    g_mutex_unlock(&lane->mutex);
}

/* Those that go one by one are no crowd, and the thaw that frees the others is among them. */
static gboolean may_block(VaLane *lane, const VaRequest *request, GError **error)
{
    return lane->thread || va_request_is_in_order(request) ||
           va_agent_lanes_stuck(lane->agent, 0) < VA_LANES_STUCK_MAX ||
           va_fail(error, "too many commands are stuck in this guest");
}

static gboolean have_worker(VaLane *lane, GError **error)
{
    if (!lane->thread)
        lane->thread = g_thread_try_new("lane", work, lane, error);
    return lane->thread != NULL;
}

/* TRUE if the request is with the worker, or will wake us; FALSE if it is through. */
static gboolean carry_out(VaLane *lane, VaRequest *request, gboolean blocking)
{
    if (blocking) {
        if (va_request_at_once(request) || !have_worker(lane, &request->error))
            return FALSE;
        wake_worker(lane, request);
        return TRUE;
    }
    if (va_request_wait(request, woken, lane)) {
        lane->patient = request;
        return TRUE;
    }
    va_request_run(request);
    return FALSE;
}

static void begin_now(VaLane *lane, VaRequest *request)
{
    gboolean blocking = request->command && (request->command->flags & VA_COMMAND_BLOCKING);

    if (blocking && !request->error)
        may_block(lane, request, &request->error);
    if (!va_request_begin(request, lane->agent)) {
        finish(lane, request);
        return;
    }
    lane->running = carry_out(lane, request, blocking);
    if (lane->running)
        return;
    va_request_end(request);
    finish(lane, request);
}

static void turn_came(gpointer data)
{
    VaLane *lane = data;

    lane->entered++;
    lane->running = FALSE;
    begin_now(lane, g_steal_pointer(&lane->queued));
    lane->entered--;
    advance(lane);
}

static void begin(VaLane *lane, VaRequest *request)
{
    if (va_request_is_in_order(request) &&
        !va_turn_take(va_agent_turn(lane->agent), turn_came, lane)) {
        lane->running = TRUE;
        lane->queued = request;
        return;
    }
    begin_now(lane, request);
}

static void lane_free(VaLane *lane)
{
    if (lane->thread) {
        wake_worker(lane, NULL);
        g_thread_join(lane->thread);
    }
    if (lane->stuck)
        va_agent_lanes_stuck(lane->agent, -1);
    g_mutex_clear(&lane->mutex);
    g_cond_clear(&lane->wake);
    g_free(lane);
}

/* Begins what can be begun.  The callee of a finished request may leave the lane or hold it. */
static void advance(VaLane *lane)
{
    lane->entered++;
    while (!lane->running && !lane->held && !g_queue_is_empty(&lane->waiting)) {
        VaRequest *request = g_queue_pop_head(&lane->waiting);
        lane->weight -= request->weight;
        begin(lane, request);
    }
    lane->entered--;
    if (!lane->entered && !lane->finished && !lane->running)
        lane_free(lane);
}

VaLane *va_lane_new(VaAgent *agent, VaLaneDone finished, gpointer data)
{
    VaLane *lane = g_new0(VaLane, 1);
    lane->agent = agent;
    lane->finished = finished;
    lane->data = data;
    g_queue_init(&lane->waiting);
    g_mutex_init(&lane->mutex);
    g_cond_init(&lane->wake);
    return lane;
}

static void enqueue(VaLane *lane, VaRequest *request)
{
    lane->weight += request->weight;
    g_queue_push_tail(&lane->waiting, request);
}

void va_lane_push(VaLane *lane, VaRequest *request)
{
    enqueue(lane, request);
    advance(lane);
}

void va_lane_hold(VaLane *lane, gboolean hold)
{
    lane->held = hold;
    advance(lane);
}

guint va_lane_length(const VaLane *lane)
{
    return lane->waiting.length + (lane->running ? 1 : 0);
}

gsize va_lane_weight(const VaLane *lane)
{
    return lane->weight;
}

static GList *first_sync(const VaLane *lane)
{
    GList *link = lane->waiting.head;
    while (link && !va_request_is_sync(link->data))
        link = link->next;
    return link;
}

gboolean va_lane_sync_waits(const VaLane *lane)
{
    return first_sync(lane) != NULL;
}

/* A question that nobody waits for any more is not asked: a host that polls from ever new
 * connections while a freeze takes long must not pile them up. */
static void drop_queued_question(VaLane *lane)
{
    if (!lane->queued || va_request_changes(lane->queued))
        return;
    va_turn_give(va_agent_turn(lane->agent), lane);
    va_request_free(g_steal_pointer(&lane->queued));
    lane->running = FALSE;
}

void va_lane_leave(VaLane *lane)
{
    if (!lane)
        return;
    lane->finished = NULL;
    lane->held = FALSE;
    drop_queued_question(lane);
    lane->stuck = lane->running && !lane->patient && !lane->queued;
    if (lane->stuck)
        va_agent_lanes_stuck(lane->agent, 1);
    advance(lane);
}

VaLane *va_lane_split(VaLane *lane)
{
    VaLane *fresh = va_lane_new(lane->agent, lane->finished, lane->data);
    guint before = (guint)g_queue_link_index(&lane->waiting, first_sync(lane));

    fresh->held = lane->held;
    while (lane->waiting.length > before) {
        VaRequest *request = g_queue_pop_nth(&lane->waiting, before);
        lane->weight -= request->weight;
        enqueue(fresh, request);
    }
    va_lane_leave(lane);
    return fresh;
}
