/* SPDX-License-Identifier: Apache-2.0 */
#include "os-system-zone.h"
#include "os-system.h"
#include "os-utf16.h"

/* A bias is what local time lacks, in minutes.  The special one of standard time goes unused where
 * there is no summer time (MSDN, "DYNAMIC_TIME_ZONE_INFORMATION structure"). */
gint32 os_system_zone_offset(const DYNAMIC_TIME_ZONE_INFORMATION *info, DWORD which)
{
    LONG bias = info->Bias;
    if (which == TIME_ZONE_ID_DAYLIGHT)
        bias += info->DaylightBias;
    if (which == TIME_ZONE_ID_STANDARD)
        bias += info->StandardBias;
    return (gint32)bias * -60;
}

static gboolean says(GTimeZone *zone, gint64 now, gint32 offset)
{
    int interval = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, now);
    return interval >= 0 && g_time_zone_get_offset(zone, interval) == offset;
}

/* "+01:00", which is its name as well. */
static GTimeZone *fixed(gint32 offset)
{
    guint minutes = (guint)ABS(offset) / 60;
    g_autofree char *name =
        g_strdup_printf("%c%02u:%02u", offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
    GTimeZone *zone = g_time_zone_new_identifier(name);
    return zone ? zone : g_time_zone_new_utc();
}

/* GLib reads the rules of a zone from the registry, but not whether the user has switched summer
 * time off, and a zone that a program made up has no name there. */
GTimeZone *os_system_zone(const DYNAMIC_TIME_ZONE_INFORMATION *info, DWORD which, gint64 now)
{
    gint32 offset = os_system_zone_offset(info, which);
    g_autofree char *name = os_utf8_n(
        info->TimeZoneKeyName, wcsnlen(info->TimeZoneKeyName, G_N_ELEMENTS(info->TimeZoneKeyName)));
    g_autoptr(GTimeZone) named = *name ? g_time_zone_new_identifier(name) : NULL;

    return named && says(named, now, offset) ? g_steal_pointer(&named) : fixed(offset);
}

/* GLib keeps the zones that are in use, not those that were: each call reads the registry. */
GTimeZone *os_system_time_zone(void)
{
    DYNAMIC_TIME_ZONE_INFORMATION info = {0};
    DWORD which = GetDynamicTimeZoneInformation(&info);

    if (which == TIME_ZONE_ID_INVALID)
        return g_time_zone_new_utc();
    return os_system_zone(&info, which, g_get_real_time() / G_USEC_PER_SEC);
}
