/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <windows.h>

/* Windows counts time in steps of 100 ns since 1601-01-01 00:00 UTC (MSDN, "FILETIME structure").
 */
#define OS_FILETIME_1970        G_GINT64_CONSTANT(116444736000000000)
#define OS_FILETIME_SECOND      10000000
#define OS_FILETIME_MILLISECOND 10000
#define OS_FILETIME_NANOSECONDS 100 /* that one step has */

static inline gint64 os_filetime_steps(FILETIME time)
{
    return (gint64)((guint64)time.dwHighDateTime << 32 | time.dwLowDateTime);
}

/* Seconds since 1970 with fraction; 0 for a time that Windows does not know. */
static inline double os_filetime_seconds(gint64 steps)
{
    return steps > 0 ? (double)(steps - OS_FILETIME_1970) / OS_FILETIME_SECOND : 0;
}

/* Nanoseconds since 1970; 0 for a time that is unknown or that 64 bits cannot say. */
static inline gint64 os_filetime_nanoseconds(gint64 steps)
{
    gint64 nanoseconds;
    if (steps <= 0 ||
        __builtin_mul_overflow(steps - OS_FILETIME_1970, OS_FILETIME_NANOSECONDS, &nanoseconds))
        return 0;
    return nanoseconds;
}
