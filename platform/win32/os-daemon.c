/* SPDX-License-Identifier: Apache-2.0 */
#include "os-daemon.h"

#include "os-daemon-console.h"
#include "os-daemon-manager.h"
#include "os-daemon-set-up.h"
#include "os-stream-handle.h"

/* Milliseconds that hosts have to take their last answers, which end with the process. */
#define LAST_WORDS 1000u

/* Waits in the default main context until another thread sets its ready time. */
typedef struct {
    GSource source;
    OsDaemon *daemon;
    const char *why; /* atomic: the other thread sets it */
} Request;

struct OsDaemon {
    OsManager *manager; /* NULL: in the foreground */
    Request *stop;      /* NULL until we are watched */
    Request *reopen;
    OsDaemonStop on_stop;
    OsDaemonReopen on_reopen;
    gpointer data;
};

OsDaemon *os_daemon_new(void)
{
    os_daemon_set_up();
    return g_new0(OsDaemon, 1);
}

static void destroy(Request *request)
{
    if (!request)
        return;
    g_source_destroy(&request->source);
    g_source_unref(&request->source);
}

void os_daemon_free(OsDaemon *daemon)
{
    if (!daemon)
        return;
    os_console_unwatch();
    os_stream_settle(LAST_WORDS);
    os_manager_stopped(daemon->manager);
    destroy(daemon->stop);
    destroy(daemon->reopen);
    g_free(daemon);
}

/* Any thread. */
static void ask(Request *request, const char *why)
{
    g_atomic_pointer_set(&request->why, why);
    g_source_set_ready_time(&request->source, 0);
}

/* The manager lets nobody ask before we have told it that we are running. */
static void on_control(const char *why, gpointer data)
{
    OsDaemon *daemon = data;
    if (daemon->stop)
        ask(why ? daemon->stop : daemon->reopen, why);
}

static void on_console(const char *why, gpointer data)
{
    ask(((OsDaemon *)data)->stop, why);
}

gboolean os_daemon_fork(OsDaemon *daemon, GError **error)
{
    daemon->manager = os_manager_connect(on_control, daemon, error);
    return daemon->manager != NULL;
}

void os_daemon_ready(OsDaemon *daemon)
{
    if (daemon->manager)
        os_manager_running(daemon->manager);
}

gboolean os_daemon_pid_take(OsDaemon *daemon, const char *path, GError **error)
{
    return TRUE;
}

void os_daemon_pid_drop(OsDaemon *daemon)
{
}

static gboolean dispatch_stop(GSource *source, GSourceFunc unused, gpointer data)
{
    Request *request = (Request *)source;
    OsDaemon *daemon = request->daemon;

    g_source_set_ready_time(source, -1);
    daemon->on_stop(g_atomic_pointer_get(&request->why), daemon->data);
    return G_SOURCE_CONTINUE;
}

static gboolean dispatch_reopen(GSource *source, GSourceFunc unused, gpointer data)
{
    OsDaemon *daemon = ((Request *)source)->daemon;

    g_source_set_ready_time(source, -1);
    daemon->on_reopen(daemon->data);
    return G_SOURCE_CONTINUE;
}

static GSourceFuncs stop_functions = {.dispatch = dispatch_stop};
static GSourceFuncs reopen_functions = {.dispatch = dispatch_reopen};

static Request *request_new(OsDaemon *daemon, GSourceFuncs *functions)
{
    Request *request = (Request *)g_source_new(functions, sizeof *request);
    request->daemon = daemon;
    g_source_attach(&request->source, NULL);
    return request;
}

/* A service has no console: it would be told of log-offs there. */
void os_daemon_watch(OsDaemon *daemon, OsDaemonStop stop, OsDaemonReopen reopen, gpointer data)
{
    g_return_if_fail(!daemon->stop);
    daemon->on_stop = stop;
    daemon->on_reopen = reopen;
    daemon->data = data;
    daemon->reopen = request_new(daemon, &reopen_functions);
    daemon->stop = request_new(daemon, &stop_functions);
    if (!daemon->manager)
        os_console_watch(on_console, daemon);
}
