/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <linux/rtc.h>

/* What a hardware clock shows, rtc(4): a date and a time of day, in a zone that only /etc/adjtime
 * tells. */

/* UTC, or if the third line of adjtime(5) is LOCAL, the system's time zone. */
GTimeZone *os_rtc_zone(void);

/* Seconds since 1970 UTC of what a clock in @zone shows; before 1970 they are negative.  FALSE if
 * it shows no date.  The hour that comes twice in autumn is taken for the second, in standard
 * time. */
gboolean os_rtc_to_unix(const struct rtc_time *shown, GTimeZone *zone, gint64 *seconds);

/* What a clock in @zone shows then; FALSE after the year 9999. */
gboolean os_rtc_from_unix(gint64 seconds, GTimeZone *zone, struct rtc_time *shown);
