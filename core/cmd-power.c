/* SPDX-License-Identifier: Apache-2.0 */
#include "error.h"
#include "os-power.h"
#include "schema-commands.h"

#include <gio/gio.h>

#define MODE_DEFAULT "powerdown"

static const struct {
    const char *name;
    OsPowerState state;
} modes[] = {
    {"halt", OS_POWER_HALT},
    {"powerdown", OS_POWER_OFF},
    {"reboot", OS_POWER_REBOOT},
};

static gboolean parse_mode(const char *mode, OsPowerState *state, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(modes); i++)
        if (g_str_equal(mode, modes[i].name)) {
            *state = modes[i].state;
            return TRUE;
        }
    return va_fail(error, "mode is invalid (valid values are: halt|powerdown|reboot)");
}

gboolean cmd_shutdown(const GuestShutdownIn *in, GError **error)
{
    g_autoptr(GError) why = NULL;
    OsPowerState state = OS_POWER_OFF;

    if (!parse_mode(in->mode ? in->mode : MODE_DEFAULT, &state, error))
        return FALSE;
    if (os_power_enter(state, &why))
        return TRUE;
    return va_fail(error, "child process has failed to shutdown: %s", why->message);
}

static gboolean suspend(OsPowerState state, GError **error)
{
    g_autoptr(GError) why = NULL;

    if (os_power_enter(state, &why))
        return TRUE;
    if (g_error_matches(why, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
        return va_fail(error, "the requested suspend mode is not supported by the guest");
    return va_fail(error, "failed to suspend: %s", why->message);
}

gboolean cmd_suspend_disk(GError **error)
{
    return suspend(OS_POWER_SLEEP_DISK, error);
}

gboolean cmd_suspend_ram(GError **error)
{
    return suspend(OS_POWER_SLEEP_RAM, error);
}

gboolean cmd_suspend_hybrid(GError **error)
{
    return suspend(OS_POWER_SLEEP_HYBRID, error);
}
