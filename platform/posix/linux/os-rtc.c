/* SPDX-License-Identifier: Apache-2.0 */
#include "os-rtc.h"
#include "os-read.h"
#include "os-root.h"
#include "os-system.h"

#define ADJTIME_MAX 4096u /* bytes */
#define YEAR_MAX    9999  /* of GDateTime */

GTimeZone *os_rtc_zone(void)
{
    g_autofree char *path = os_root("/etc/adjtime");
    g_autofree char *text = os_read(path, ADJTIME_MAX, NULL, NULL);
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", 4);
    gboolean local = g_strv_length(lines) > 2 && g_str_equal(g_strstrip(lines[2]), "LOCAL");

    return local ? os_system_time_zone() : g_time_zone_new_utc();
}

/* Not by mktime(3): it knows the process's zone only, and 32-bit times on some systems. */
gboolean os_rtc_to_unix(const struct rtc_time *shown, GTimeZone *zone, gint64 *seconds)
{
    g_autoptr(GDateTime) time = NULL;

    if (shown->tm_year > YEAR_MAX - 1900 || shown->tm_mon > 11)
        return FALSE;
    time = g_date_time_new(zone, shown->tm_year + 1900, shown->tm_mon + 1, shown->tm_mday,
                           shown->tm_hour, shown->tm_min, shown->tm_sec);
    if (!time)
        return FALSE;
    *seconds = g_date_time_to_unix(time);
    return TRUE;
}

gboolean os_rtc_from_unix(gint64 seconds, GTimeZone *zone, struct rtc_time *shown)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(seconds);
    g_autoptr(GDateTime) time = utc ? g_date_time_to_timezone(utc, zone) : NULL;

    if (!time)
        return FALSE;
    *shown = (struct rtc_time){
        .tm_year = g_date_time_get_year(time) - 1900,
        .tm_mon = g_date_time_get_month(time) - 1,
        .tm_mday = g_date_time_get_day_of_month(time),
        .tm_hour = g_date_time_get_hour(time),
        .tm_min = g_date_time_get_minute(time),
        .tm_sec = g_date_time_get_second(time),
        .tm_wday = g_date_time_get_day_of_week(time) % 7,
        .tm_yday = g_date_time_get_day_of_year(time) - 1,
        .tm_isdst = g_date_time_is_daylight_savings(time),
    };
    return TRUE;
}
