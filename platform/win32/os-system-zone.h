/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <windows.h>

/* Seconds east of Greenwich; @which is what GetDynamicTimeZoneInformation() returned with @info. */
gint32 os_system_zone_offset(const DYNAMIC_TIME_ZONE_INFORMATION *info, DWORD which);

/* The zone of @info: with its name and rules where these say the same of @now, seconds since 1970,
 * as the system does, else with nothing but the offset in force. */
GTimeZone *os_system_zone(const DYNAMIC_TIME_ZONE_INFORMATION *info, DWORD which, gint64 now);
