/* SPDX-License-Identifier: Apache-2.0 */
#include "error.h"
#include "os-clock.h"
#include "os-system.h"
#include "schema-commands.h"

#include <gio/gio.h>

#define NSEC_PER_USEC 1000

gboolean cmd_get_time(VaAgent *agent, gint64 *out, GError **error)
{
    *out = g_get_real_time() * NSEC_PER_USEC;
    return TRUE;
}

gboolean cmd_get_timezone(GuestTimezone **out, GError **error)
{
    g_autoptr(GTimeZone) zone = os_system_time_zone();
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    int interval = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, now);
    const char *name = g_time_zone_get_abbreviation(zone, interval);

    *out = g_new0(GuestTimezone, 1);
    (*out)->zone = g_utf8_make_valid(name, -1);
    (*out)->offset = g_time_zone_get_offset(zone, interval);
    return TRUE;
}

static gboolean set_clock(gint64 nanoseconds, GError **error)
{
    g_autoptr(GError) why = NULL;

    if (nanoseconds >= 0 && os_clock_set(nanoseconds, &why))
        return TRUE;
    if (!why || g_error_matches(why, G_IO_ERROR, G_IO_ERROR_INVALID_DATA))
        return va_fail(error, "Invalid time");
    g_propagate_error(error, g_steal_pointer(&why));
    return FALSE;
}

/* A guest that has no hardware clock has its time from elsewhere after a start: nothing is left to
 * do, and nothing went wrong. */
static gboolean save_clock(GError **error)
{
    g_autoptr(GError) why = NULL;

    if (os_clock_save(&why) || g_error_matches(why, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        return TRUE;
    return va_fail(error, "the system time has been set, but the hardware clock has not: %s",
                   why->message);
}

gboolean cmd_set_time(const GuestSetTimeIn *in, GError **error)
{
    if (!in->has_time)
        return os_clock_load(error);
    return set_clock(in->time, error) && save_clock(error);
}
