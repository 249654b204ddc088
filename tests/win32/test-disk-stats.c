/* SPDX-License-Identifier: Apache-2.0 */
#include "os-disk-stats-map.h"

#define MILLISECOND 10000 /* in steps of 100 ns */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OsDiskStats, os_disk_stats_free)

static const DISK_PERFORMANCE said = {
    .BytesRead.QuadPart = 1024 * 512 + 511,
    .BytesWritten.QuadPart = G_MAXINT64,
    .ReadTime.QuadPart = 30 * MILLISECOND + 9999,
    .WriteTime.QuadPart = 70 * MILLISECOND,
    .IdleTime.QuadPart = 900 * MILLISECOND,
    .ReadCount = 11,
    .WriteCount = G_MAXUINT32,
    .QueueDepth = 3,
    .SplitCount = 99,
};

static void test_mapping(void)
{
    static const guint64 expected[] = {
        [OS_DISK_READS] = 11,
        [OS_DISK_SECTORS_READ] = 1024,
        [OS_DISK_READ_TIME] = 30,
        [OS_DISK_WRITES] = G_MAXUINT32,
        [OS_DISK_SECTORS_WRITTEN] = G_MAXINT64 / 512,
        [OS_DISK_WRITE_TIME] = 70,
        [OS_DISK_UNDER_WAY] = 3,
        [OS_DISK_BUSY_TIME] = 50,
        [OS_DISK_TOTAL_TIME] = 100,
    };
    g_autoptr(OsDiskStats) stats = os_disk_stats_of(12, &said, 950);

    g_assert_cmpstr(stats->name, ==, "PhysicalDrive12");
    g_assert_cmpuint(stats->major, ==, 0);
    g_assert_cmpuint(stats->minor, ==, 12);
    g_assert_cmpuint(stats->counted, ==, G_N_ELEMENTS(expected));
    for (guint i = 0; i < G_N_ELEMENTS(expected); i++)
        g_assert_cmpuint(stats->counters[i], ==, expected[i]);
}

static void assert_busy(guint64 uptime, guint64 expected)
{
    g_autoptr(OsDiskStats) stats = os_disk_stats_of(0, &said, uptime);
    g_assert_cmpuint(stats->counters[OS_DISK_BUSY_TIME], ==, expected);
}

static void test_busy(void)
{
    assert_busy(899, 0);
    assert_busy(901, 1);
    assert_busy(1000, 100);
    assert_busy(100000, 100);
}

static void test_this_system(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list = os_disk_stats_list(&error);

    g_assert_no_error(error);
    for (guint i = 0; i < list->len; i++) {
        const OsDiskStats *stats = g_ptr_array_index(list, i);
        const OsDiskStats *next = i + 1 < list->len ? g_ptr_array_index(list, i + 1) : NULL;
        g_assert_true(g_str_has_prefix(stats->name, "PhysicalDrive"));
        g_assert_true(!next || stats->minor < next->minor);
    }
    if (list->len == 0)
        g_test_skip("no disk here has counters");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/disk-stats/each-counter-has-its-place", test_mapping);
    g_test_add_func("/disk-stats/no-disk-is-busy-for-longer-than-its-requests", test_busy);
    g_test_add_func("/disk-stats/disks-come-by-number", test_this_system);
    return g_test_run();
}
