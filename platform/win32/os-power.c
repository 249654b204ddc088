/* SPDX-License-Identifier: Apache-2.0 */
#include "os-power.h"
#include "os-error.h"
#include "os-power-calls.h"
#include "os-privilege.h"

#include <gio/gio.h>
#include <powrprof.h>

#define REASON (SHTDN_REASON_MAJOR_OTHER | SHTDN_REASON_MINOR_OTHER | SHTDN_REASON_FLAG_PLANNED)

/* Programs are asked to end and then ended, whoever is logged on; a schedule of somebody else does
 * not stand in the way. */
#define AT_ONCE (SHUTDOWN_FORCE_OTHERS | SHUTDOWN_FORCE_SELF | SHUTDOWN_GRACE_OVERRIDE)

static const struct {
    DWORD initiate;
    UINT exit_windows;
} ends[] = {
    [OS_POWER_HALT] = {SHUTDOWN_NOREBOOT, EWX_SHUTDOWN},
    [OS_POWER_OFF] = {SHUTDOWN_POWEROFF, EWX_POWEROFF},
    [OS_POWER_REBOOT] = {SHUTDOWN_RESTART, EWX_REBOOT},
};

static gboolean by_initiate(const OsPowerCalls *calls, OsPowerState state, GError **error)
{
    DWORD code = calls->initiate(ends[state].initiate | AT_ONCE, REASON);
    return code == ERROR_SUCCESS || os_error_code(error, (int)code, "InitiateShutdown");
}

static gboolean by_exit_windows(const OsPowerCalls *calls, OsPowerState state, GError **error)
{
    return calls->exit_windows(ends[state].exit_windows | EWX_FORCE, REASON) ||
           os_error(error, "ExitWindowsEx");
}

/* The first asks the system's own process, whatever session the agent is in and whether or not
 * anybody is logged on: it is what shutdown.exe does.  The second asks the subsystem of the agent's
 * session. */
static gboolean (*const ways[])(const OsPowerCalls *, OsPowerState, GError **) = {
    by_initiate,
    by_exit_windows,
};

static gboolean end(const OsPowerCalls *calls, OsPowerState state, GError **error)
{
    g_autoptr(GString) said = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(ways); i++) {
        g_autoptr(GError) why = NULL;
        if (ways[i](calls, state, &why))
            return TRUE;
        g_string_append_printf(said, "%s%s", said->len ? "; " : "", why->message);
    }
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, said->str);
    return FALSE;
}

/* From S1 and S2 QEMU does not wake a guest.  Without the file there is nothing to hibernate to:
 * the administrator has turned it off, or it never was on. */
static gboolean is_offered(const OsPowerCalls *calls, OsPowerState state)
{
    SYSTEM_POWER_CAPABILITIES can = {0};

    if (state == OS_POWER_SLEEP_HYBRID || !calls->capabilities(&can))
        return FALSE;
    return state == OS_POWER_SLEEP_RAM ? can.SystemS3 : can.SystemS4 && can.HiberFilePresent;
}

static gboolean check_offered(const OsPowerCalls *calls, OsPowerState state, GError **error)
{
    if (state < OS_POWER_SLEEP_DISK || is_offered(calls, state))
        return TRUE;
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                        "this system has no way to do it");
    return FALSE;
}

static gboolean fall_asleep(const OsPowerCalls *calls, OsPowerState state, GError **error)
{
    return calls->sleep(state == OS_POWER_SLEEP_DISK) || os_error(error, "SetSuspendState");
}

gboolean os_power_enter_by(const OsPowerCalls *calls, OsPowerState state, GError **error)
{
    if (!check_offered(calls, state, error) ||
        !calls->enable_privilege("SeShutdownPrivilege", error))
        return FALSE;
    return state < OS_POWER_SLEEP_DISK ? end(calls, state, error)
                                       : fall_asleep(calls, state, error);
}

static DWORD initiate(DWORD flags, DWORD reason)
{
    return InitiateShutdownW(NULL, NULL, 0, flags, reason);
}

/* Not by force, which has no effect any more; what wakes the machine stays on. */
static BOOLEAN fall(BOOLEAN hibernate)
{
    return SetSuspendState(hibernate, FALSE, FALSE);
}

gboolean os_power_enter(OsPowerState state, GError **error)
{
    static const OsPowerCalls calls = {os_privilege_enable, initiate, ExitWindowsEx,
                                       GetPwrCapabilities, fall};
    return os_power_enter_by(&calls, state, error);
}
