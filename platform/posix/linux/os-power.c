/* SPDX-License-Identifier: Apache-2.0 */
#include "os-power.h"
#include "os-power-ways.h"

#include <gio/gio.h>
#include <time.h>

/* The most orderly first.  Behind the services come, for a sleep, the kernel; for an end, the
 * programs that each init brings: without arguments they mean the same everywhere (busybox, OpenRC,
 * runit, s6, sysvinit), which cannot be said of the options of shutdown(8). */
static const struct {
    const char *name;
    OsPowerOutcome (*attempt)(OsPowerState state, GError **error);
} ways[] = {
    {"logind", os_power_by_login},      {"systemctl", os_power_by_systemctl},
    {"pm-utils", os_power_by_pm_utils}, {"kernel", os_power_by_kernel},
    {"init", os_power_by_init},         {"shutdown", os_power_by_shutdown},
};

static gint64 nanoseconds(clockid_t clock)
{
    struct timespec now = {0};
    clock_gettime(clock, &now);
    return (gint64)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* How long the system has slept since it was started, in nanoseconds: the clocks differ by that.
 * They cannot be read at the same time. */
typedef struct {
    gint64 least, most;
} Asleep;

static Asleep time_asleep(void)
{
    gint64 before = nanoseconds(CLOCK_BOOTTIME);
    gint64 awake = nanoseconds(CLOCK_MONOTONIC);
    gint64 after = nanoseconds(CLOCK_BOOTTIME);

    return (Asleep){before - awake, after - awake};
}

/* What has slept has done as told, even if it was not content afterwards. */
static OsPowerOutcome try_way(guint i, OsPowerState state, GString *said, GError **why)
{
    Asleep before = time_asleep();
    OsPowerOutcome outcome = ways[i].attempt(state, why);

    if (os_power_is_sleep(state) && time_asleep().least > before.most)
        return OS_POWER_DONE;
    if (outcome == OS_POWER_REFUSED)
        g_string_append_printf(said, "%s%s: %s", said->len ? "; " : "", ways[i].name,
                               (*why)->message);
    return outcome;
}

static gboolean not_supported(GError **error)
{
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                        "this system has no way to do it");
    return FALSE;
}

gboolean os_power_enter(OsPowerState state, GError **error)
{
    g_autoptr(GString) said = g_string_new(NULL);

    if (os_power_is_sleep(state) && !os_power_kernel_offers(state))
        return not_supported(error);
    for (guint i = 0; i < G_N_ELEMENTS(ways); i++) {
        g_autoptr(GError) why = NULL;
        OsPowerOutcome outcome = try_way(i, state, said, &why);

        if (outcome == OS_POWER_DONE)
            return TRUE;
        if (outcome == OS_POWER_FINAL) {
            g_propagate_prefixed_error(error, g_steal_pointer(&why), "%s: ", ways[i].name);
            return FALSE;
        }
    }
    if (said->len == 0)
        return not_supported(error);
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, said->str);
    return FALSE;
}
