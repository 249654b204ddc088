/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-power.h"

#include <windows.h>

/* What ending the guest or putting it to sleep needs from the system; tests have others in their
 * place. */
typedef struct {
    gboolean (*enable_privilege)(const char *name, GError **error);
    /* InitiateShutdownW() of this machine at once: 0, or an error code. */
    DWORD (*initiate)(DWORD flags, DWORD reason);
    BOOL(WINAPI *exit_windows)(UINT flags, DWORD reason); /* FALSE: GetLastError() */
    BOOLEAN(WINAPI *capabilities)(SYSTEM_POWER_CAPABILITIES *capabilities);
    BOOLEAN (*sleep)(BOOLEAN hibernate); /* SetSuspendState(), FALSE: GetLastError() */
} OsPowerCalls;

/* os_power_enter() by these calls. */
gboolean os_power_enter_by(const OsPowerCalls *calls, OsPowerState state, GError **error);
