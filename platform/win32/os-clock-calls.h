/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-clock.h"
#include "os-run.h"

#include <windows.h>

/* What setting the clock needs from the system; tests have others in their place. */
typedef struct {
    gboolean (*enable_privilege)(const char *name, GError **error);
    BOOL(WINAPI *set_time)(const SYSTEMTIME *utc); /* FALSE: GetLastError() */
    /* Of SERVICE_STATUS, of the time service: SERVICE_RUNNING. */
    gboolean (*service_state)(DWORD *state, GError **error);
    gboolean (*run)(const OsRun *run, OsRunResult *result, GError **error);
} OsClockCalls;

/* os_clock_set() and os_clock_load() by these calls. */
gboolean os_clock_set_by(const OsClockCalls *calls, gint64 nanoseconds, GError **error);
gboolean os_clock_load_by(const OsClockCalls *calls, GError **error);

/* UTC of @nanoseconds since 1970, to the millisecond below.  FALSE if a SYSTEMTIME cannot hold it.
 */
gboolean os_clock_system_time(gint64 nanoseconds, SYSTEMTIME *utc);
