/* SPDX-License-Identifier: Apache-2.0 */
#include "os-columns.h"
#include "os-cpu-times-parse.h"
#include "os-read.h"
#include "os-root.h"

#include <unistd.h>

#define STAT_MAX (8 * 1024 * 1024) /* bytes of /proc/stat: 8192 processors are less than 2 MiB */

/* "cpu12"; "cpu" alone is their sum. */
static gboolean id_of(const char *word, gint64 *id)
{
    guint64 number;
    if (!g_str_has_prefix(word, "cpu") ||
        !g_ascii_string_to_unsigned(word + 3, 10, 0, G_MAXINT64, &number, NULL))
        return FALSE;
    *id = (gint64)number;
    return TRUE;
}

/* Rounded down.  What would not fit into 64 bits stays at their end. */
static guint64 milliseconds(guint64 ticks, guint64 hz)
{
    guint64 whole;
    if (__builtin_mul_overflow(ticks / hz, 1000, &whole) ||
        __builtin_add_overflow(whole, ticks % hz * 1000 / hz, &whole))
        return G_MAXUINT64;
    return whole;
}

/* The columns are in the order of OsCpuActivity (proc_stat(5)). */
static gboolean parse_line(OsColumns line, guint64 hz, OsCpuTimes *times)
{
    g_autofree char *name = os_columns_word(&line);

    if (!name || !id_of(name, &times->id) ||
        !os_columns_numbers(&line, times->milliseconds, OS_CPU_ACTIVITIES, &times->counted) ||
        times->counted <= OS_CPU_IDLE)
        return FALSE;
    for (guint i = 0; i < times->counted; i++)
        times->milliseconds[i] = milliseconds(times->milliseconds[i], hz);
    return TRUE;
}

GArray *os_cpu_times_parse(const char *text, guint64 hz)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(OsCpuTimes));
    OsColumns line;

    while (os_columns_line(&text, &line)) {
        OsCpuTimes times = {0};
        if (parse_line(line, hz, &times))
            g_array_append_val(list, times);
    }
    return list;
}

GArray *os_cpu_times(GError **error)
{
    g_autofree char *path = os_root("/proc/stat");
    g_autofree char *text = os_read(path, STAT_MAX, NULL, error);
    return text ? os_cpu_times_parse(text, (guint64)MAX(sysconf(_SC_CLK_TCK), 1)) : NULL;
}
