/* SPDX-License-Identifier: Apache-2.0 */
#include "os-disk-stats.h"
#include "os-columns.h"
#include "os-disk-stats-parse.h"
#include "os-read.h"
#include "os-root.h"

#define DISK_STATS_MAX (8 * 1024 * 1024) /* bytes of /proc/diskstats: some 60,000 devices */

/* "254 1 vda1 1 2 3 ..." with the counters in the order of OsDiskCounter
 * (Documentation/admin-guide/iostats.rst of Linux). */
static OsDiskStats *parse_line(OsColumns line)
{
    g_autofree char *name = NULL;
    OsDiskStats stats = {0};

    if (!os_columns_number(&line, 10, G_MAXUINT32, &stats.major) ||
        !os_columns_number(&line, 10, G_MAXUINT32, &stats.minor))
        return NULL;
    name = os_columns_word(&line);
    if (!name || !os_columns_numbers(&line, stats.counters, OS_DISK_COUNTERS, &stats.counted) ||
        stats.counted <= OS_DISK_TOTAL_TIME)
        return NULL;
    stats.name = g_steal_pointer(&name);
    return g_memdup2(&stats, sizeof stats);
}

GPtrArray *os_disk_stats_parse(const char *text)
{
    GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)os_disk_stats_free);
    OsColumns line;

    while (os_columns_line(&text, &line)) {
        OsDiskStats *stats = parse_line(line);
        if (stats)
            g_ptr_array_add(list, stats);
    }
    return list;
}

GPtrArray *os_disk_stats_list(GError **error)
{
    g_autofree char *path = os_root("/proc/diskstats");
    g_autofree char *text = os_read(path, DISK_STATS_MAX, NULL, error);
    return text ? os_disk_stats_parse(text) : NULL;
}
