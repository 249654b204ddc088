/* SPDX-License-Identifier: Apache-2.0 */
#include "os-daemon-manager.h"

#include "os-error.h"

#include <stdlib.h>
#include <windows.h>

/* Milliseconds that the manager is asked for, once: starting may have to thaw what a predecessor
 * left frozen, and stopping waits up to 30 s for a thaw that hangs. */
#define START_PATIENCE 60000u
#define STOP_PATIENCE  45000u

struct OsManager {
    GMutex lock;
    GCond connected;
    SERVICE_STATUS_HANDLE handle; /* NULL until we are connected */
    DWORD failure;                /* why we are not; 0 so far */
    DWORD state;                  /* as last reported */
    gboolean asked;               /* to stop */
    OsManagerControl control;     /* NULL once nobody listens */
    gpointer data;
};

/* ServiceMain is given nothing of its caller's, and the dispatcher can be started only once per
 * process: here it finds what connects.  Written before the dispatcher's thread exists. */
static OsManager *connecting;

static void clear(gpointer manager)
{
    g_mutex_clear(&((OsManager *)manager)->lock);
    g_cond_clear(&((OsManager *)manager)->connected);
}

static void unref(OsManager *manager)
{
    g_atomic_rc_box_release_full(manager, clear);
}

/* The lock is held. */
static void report(OsManager *manager, DWORD state, DWORD patience)
{
    SERVICE_STATUS status = {
        .dwServiceType = SERVICE_WIN32_OWN_PROCESS,
        .dwCurrentState = state,
        .dwCheckPoint = patience ? 1 : 0,
        .dwWaitHint = patience,
    };
    if (state == SERVICE_RUNNING)
        status.dwControlsAccepted =
            SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_SHUTDOWN | SERVICE_ACCEPT_PARAMCHANGE;
    if (state == SERVICE_STOPPED && !manager->asked) {
        status.dwWin32ExitCode = ERROR_SERVICE_SPECIFIC_ERROR;
        status.dwServiceSpecificExitCode = EXIT_FAILURE;
    }
    manager->state = state;
    SetServiceStatus(manager->handle, &status);
}

static const char *why_to_stop(DWORD control)
{
    return control == SERVICE_CONTROL_STOP       ? "service stop"
           : control == SERVICE_CONTROL_SHUTDOWN ? "system shutdown"
                                                 : NULL;
}

/* A request to stop that comes again, or with the service's end, changes nothing any more. */
static void pass_on(OsManager *manager, const char *why)
{
    g_mutex_lock(&manager->lock);
    if (why && manager->state == SERVICE_RUNNING) {
        manager->asked = TRUE;
        report(manager, SERVICE_STOP_PENDING, STOP_PATIENCE);
    }
    if (manager->control)
        manager->control(why, manager->data);
    g_mutex_unlock(&manager->lock);
}

static DWORD WINAPI on_control(DWORD control, DWORD type, void *event, void *data)
{
    const char *why = why_to_stop(control);

    if (control == SERVICE_CONTROL_INTERROGATE)
        return NO_ERROR;
    if (!why && control != SERVICE_CONTROL_PARAMCHANGE)
        return ERROR_CALL_NOT_IMPLEMENTED;
    pass_on(data, why);
    return NO_ERROR;
}

static void decide(OsManager *manager, SERVICE_STATUS_HANDLE handle, DWORD failure)
{
    g_mutex_lock(&manager->lock);
    if (!manager->handle && !manager->failure) {
        manager->handle = handle;
        manager->failure = handle ? 0 : failure;
        if (handle)
            report(manager, SERVICE_START_PENDING, START_PATIENCE);
        g_cond_signal(&manager->connected);
    }
    g_mutex_unlock(&manager->lock);
}

/* The work is the main thread's; this one is not needed any more (MSDN, "Service ServiceMain
 * Function": it may return while the service runs). */
static void WINAPI service_main(DWORD argc, wchar_t **argv)
{
    const wchar_t *name = argc > 0 ? argv[0] : L"";
    SERVICE_STATUS_HANDLE handle = RegisterServiceCtrlHandlerExW(name, on_control, connecting);
    decide(connecting, handle, handle ? 0 : GetLastError());
}

/* Ends with the service, or at once if nobody waits for us. */
static gpointer dispatch(gpointer data)
{
    OsManager *manager = data;
    wchar_t name[] = L""; /* ignored: the process has one service */
    const SERVICE_TABLE_ENTRYW table[] = {{name, service_main}, {NULL, NULL}};
    BOOL served = StartServiceCtrlDispatcherW(table);

    decide(manager, NULL, served ? ERROR_SERVICE_NOT_ACTIVE : GetLastError());
    unref(manager);
    return NULL;
}

static gboolean fail(DWORD code, GError **error)
{
    if (code != ERROR_FAILED_SERVICE_CONTROLLER_CONNECT)
        return os_error_code(error, (int)code, "failed to reach the service manager");
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED,
                        "not started by the service manager; leave out --daemonize to run in the "
                        "foreground, or use --service=install");
    return FALSE;
}

OsManager *os_manager_connect(OsManagerControl control, gpointer data, GError **error)
{
    OsManager *manager = g_atomic_rc_box_new0(OsManager);
    g_mutex_init(&manager->lock);
    g_cond_init(&manager->connected);
    manager->control = control;
    manager->data = data;

    connecting = manager;
    g_thread_unref(g_thread_new("service", dispatch, g_atomic_rc_box_acquire(manager)));
    g_mutex_lock(&manager->lock);
    while (!manager->handle && !manager->failure)
        g_cond_wait(&manager->connected, &manager->lock);
    DWORD failure = manager->failure;
    g_mutex_unlock(&manager->lock);

    if (!failure)
        return manager;
    fail(failure, error);
    unref(manager);
    return NULL;
}

void os_manager_running(OsManager *manager)
{
    g_mutex_lock(&manager->lock);
    report(manager, SERVICE_RUNNING, 0);
    g_mutex_unlock(&manager->lock);
}

/* The dispatcher's thread may still be in there, or never come back. */
void os_manager_stopped(OsManager *manager)
{
    if (!manager)
        return;
    g_mutex_lock(&manager->lock);
    manager->control = NULL;
    report(manager, SERVICE_STOPPED, 0);
    g_mutex_unlock(&manager->lock);
    unref(manager);
}
