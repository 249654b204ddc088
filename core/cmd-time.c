/* SPDX-License-Identifier: Apache-2.0 */
#include "os-system.h"
#include "schema-commands.h"

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
