/* SPDX-License-Identifier: Apache-2.0 */
#include "os-service-private.h"

#include "os-error.h"

/* Milliseconds: the agent waits up to 30 s for a thaw that hangs. */
#define STOP_PATIENCE 60000
#define LOOK_INTERVAL 100

/* FALSE with the OS's last error. */
static gboolean look(SC_HANDLE service, DWORD *state)
{
    SERVICE_STATUS_PROCESS status;
    DWORD needed;

    if (!QueryServiceStatusEx(service, SC_STATUS_PROCESS_INFO, (BYTE *)&status, sizeof status,
                              &needed))
        return FALSE;
    *state = status.dwCurrentState;
    return TRUE;
}

/* A service that is about to start or to stop takes no order; the former is asked again. */
static gboolean ask(SC_HANDLE service)
{
    SERVICE_STATUS status;
    return ControlService(service, SERVICE_CONTROL_STOP, &status) ||
           GetLastError() == ERROR_SERVICE_CANNOT_ACCEPT_CTRL ||
           GetLastError() == ERROR_SERVICE_NOT_ACTIVE;
}

gboolean os_service_stop(SC_HANDLE service, const char *name, GError **error)
{
    DWORD state = SERVICE_STOPPED;

    for (guint waited = 0; waited < STOP_PATIENCE; waited += LOOK_INTERVAL) {
        if (!look(service, &state) || (state != SERVICE_STOPPED && !ask(service)))
            return os_error(error, "failed to stop the service '%s'", name);
        if (state == SERVICE_STOPPED)
            return TRUE;
        Sleep(LOOK_INTERVAL);
    }
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "the service '%s' does not stop", name);
    return FALSE;
}
