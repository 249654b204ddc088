/* SPDX-License-Identifier: Apache-2.0 */
#include "../../platform/posix/linux/os-disk-stats-parse.h"
#include "fuzz.h"

#include <string.h>

/* A device written as the kernel would is read back as it was. */
static void check(const OsDiskStats *stats)
{
    g_autoptr(GString) line = g_string_new(NULL);
    g_autoptr(GPtrArray) again = NULL;
    const OsDiskStats *copy;

    g_assert_true(*stats->name && g_utf8_validate(stats->name, -1, NULL));
    g_assert_cmpuint(stats->counted, >, OS_DISK_TOTAL_TIME);
    g_assert_cmpuint(stats->counted, <=, OS_DISK_COUNTERS);
    g_string_printf(line, "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %s", stats->major,
                    stats->minor, stats->name);
    for (guint i = 0; i < stats->counted; i++)
        g_string_append_printf(line, " %" G_GUINT64_FORMAT, stats->counters[i]);
    again = os_disk_stats_parse(line->str);
    g_assert_cmpuint(again->len, ==, 1);
    copy = g_ptr_array_index(again, 0);
    g_assert_cmpuint(copy->counted, ==, stats->counted);
    g_assert_cmpmem(copy->counters, sizeof copy->counters, stats->counters, sizeof copy->counters);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree char *text = g_strndup(size > 0 ? (const char *)data : "", size);
    g_autoptr(GPtrArray) list = os_disk_stats_parse(text);

    for (guint i = 0; i < list->len; i++)
        check(g_ptr_array_index(list, i));
    return 0;
}
