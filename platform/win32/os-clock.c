/* SPDX-License-Identifier: Apache-2.0 */
#include "os-clock.h"
#include "os-clock-calls.h"
#include "os-error.h"
#include "os-filetime.h"
#include "os-privilege.h"
#include "os-system-program.h"

#include <gio/gio.h>

#define SYNC_LIMIT  20000u /* milliseconds for the time service to take the order */
#define OUTPUT_LAST 512u   /* bytes */

gboolean os_clock_system_time(gint64 nanoseconds, SYSTEMTIME *utc)
{
    ULARGE_INTEGER steps;
    FILETIME time;

    if (nanoseconds < 0)
        return FALSE;
    steps.QuadPart = (ULONGLONG)(nanoseconds / OS_FILETIME_NANOSECONDS + OS_FILETIME_1970);
    time = (FILETIME){steps.LowPart, steps.HighPart};
    return FileTimeToSystemTime(&time, utc);
}

gboolean os_clock_set_by(const OsClockCalls *calls, gint64 nanoseconds, GError **error)
{
    SYSTEMTIME utc;

    if (!os_clock_system_time(nanoseconds, &utc)) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                            "the clock cannot hold this time");
        return FALSE;
    }
    if (!calls->enable_privilege("SeSystemtimePrivilege", error)) {
        g_prefix_error(error, "Failed to set time to guest: ");
        return FALSE;
    }
    return calls->set_time(&utc) || os_error(error, "Failed to set time to guest");
}

/* Windows writes the time to the hardware clock when it is set (MSDN, "System Time"). */
gboolean os_clock_save(GError **error)
{
    return TRUE;
}

/* w32tm would say so too, but in the system's language. */
static gboolean check_service(const OsClockCalls *calls, GError **error)
{
    DWORD state;

    if (!calls->service_state(&state, error)) {
        g_prefix_error(error, "failed to synchronise the time: ");
        return FALSE;
    }
    if (state == SERVICE_RUNNING)
        return TRUE;
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                        "failed to synchronise the time: the time service is not running");
    return FALSE;
}

static gboolean synchronise(const OsClockCalls *calls, const char *program, GError **error)
{
    const char *const argv[] = {program, "/resync", "/nowait", NULL};
    const OsRun run = {.argv = argv, .time_limit = SYNC_LIMIT, .output_last = OUTPUT_LAST};
    g_auto(OsRunResult) result = {0};
    g_autofree char *what = NULL;

    if (!calls->run(&run, &result, error)) {
        g_prefix_error(error, "failed to synchronise the time: ");
        return FALSE;
    }
    if (os_run_succeeded(&result))
        return TRUE;
    what = os_run_describe(&run, &result);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "failed to synchronise the time: %s", what);
    return FALSE;
}

gboolean os_clock_load_by(const OsClockCalls *calls, GError **error)
{
    g_autofree char *program = os_system_program("w32tm.exe", error);
    return program && check_service(calls, error) && synchronise(calls, program, error);
}

typedef SC_HANDLE OsServiceHandle;

static void service_close(SC_HANDLE service)
{
    if (service)
        CloseServiceHandle(service);
}
G_DEFINE_AUTO_CLEANUP_FREE_FUNC(OsServiceHandle, service_close, NULL)

static gboolean service_state(DWORD *state, GError **error)
{
    g_auto(OsServiceHandle) manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT);
    g_auto(OsServiceHandle) service =
        manager ? OpenServiceW(manager, L"W32Time", SERVICE_QUERY_STATUS) : NULL;
    SERVICE_STATUS status;

    if (!service || !QueryServiceStatus(service, &status))
        return os_error(error, "failed to ask about the time service");
    *state = status.dwCurrentState;
    return TRUE;
}

static const OsClockCalls system_calls = {os_privilege_enable, SetSystemTime, service_state,
                                          os_run};

gboolean os_clock_set(gint64 nanoseconds, GError **error)
{
    return os_clock_set_by(&system_calls, nanoseconds, error);
}

gboolean os_clock_load(GError **error)
{
    return os_clock_load_by(&system_calls, error);
}
