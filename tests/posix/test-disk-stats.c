/* SPDX-License-Identifier: Apache-2.0 */
#include "os-disk-stats-parse.h"
#include "root-tree.h"

#include <gio/gio.h>
#include <string.h>

static const OsDiskStats *stats_at(const GPtrArray *list, guint i, const char *name)
{
    const OsDiskStats *stats = g_ptr_array_index(list, i);
    g_assert_cmpstr(stats->name, ==, name);
    return stats;
}

static void test_captured(void)
{
    char *root = root_tree_unpack("disk-stats");
    g_autoptr(GPtrArray) list = os_disk_stats_list(NULL);
    const OsDiskStats *vda, *cciss;

    root_tree_remove(root);
    g_assert_cmpuint(list->len, ==, 3);
    stats_at(list, 0, "loop0");
    vda = stats_at(list, 1, "vda");
    g_assert_cmpuint(vda->major, ==, 254);
    g_assert_cmpuint(vda->minor, ==, 0);
    g_assert_cmpuint(vda->counted, ==, OS_DISK_COUNTERS);
    g_assert_cmpuint(vda->counters[OS_DISK_UNDER_WAY], ==, 1);
    g_assert_cmpuint(vda->counters[OS_DISK_SECTORS_DISCARDED], ==, 15675712);
    g_assert_cmpuint(vda->counters[OS_DISK_FLUSH_TIME], ==, 437);
    cciss = stats_at(list, 2, "cciss/c0d0");
    for (guint i = 0; i < OS_DISK_COUNTERS; i++)
        g_assert_cmpuint(cciss->counters[i], ==, i + 1);
}

static void test_no_table(void)
{
    char *root = root_tree_unpack_text("/proc/");
    g_autoptr(GError) error = NULL;

    g_assert_null(os_disk_stats_list(&error));
    root_tree_remove(root);
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

static void test_kernels(void)
{
    g_autoptr(GPtrArray) list =
        os_disk_stats_parse("8 0 sda 1 2 3 4 5 6 7 8 9 10 11\n"
                            "8 1 sda1 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15\n"
                            "8 2 sda2 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17\n"
                            "8 3 sda3 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 of-tomorrow");

    g_assert_cmpuint(list->len, ==, 4);
    g_assert_cmpuint(stats_at(list, 0, "sda")->counted, ==, OS_DISK_DISCARDS);
    g_assert_cmpuint(stats_at(list, 1, "sda1")->counted, ==, OS_DISK_FLUSHES);
    g_assert_cmpuint(stats_at(list, 2, "sda2")->counted, ==, OS_DISK_COUNTERS);
    g_assert_cmpuint(stats_at(list, 3, "sda3")->counted, ==, OS_DISK_COUNTERS);
}

static void test_odd_lines(void)
{
    g_autoptr(GPtrArray) list =
        os_disk_stats_parse("\n \n8\n8 0\n8 0 sda\n"
                            "8 0 short 1 2 3 4 5 6 7 8 9 10\n"
                            "8 0 sign 1 2 3 4 5 6 7 8 9 10 -11\n"
                            "8 0 junk 1 2 3 4 5 6 7 8 9 10 11 x\n"
                            "8 0 huge 1 2 3 4 5 6 7 8 9 10 18446744073709551616\n"
                            "4294967296 0 major 1 2 3 4 5 6 7 8 9 10 11\n"
                            "8 two words 1 2 3 4 5 6 7 8 9 10 11\n"
                            "\t8   0 \xff\xfe 18446744073709551615 2 3 4 5 6 7 8 9 10 11 \n"
                            "8 0 hex 1 2 3 4 5 6 7 8 9 10 1f");

    g_assert_cmpuint(list->len, ==, 1);
    g_assert_cmpuint(stats_at(list, 0, "\xef\xbf\xbd\xef\xbf\xbd")->counters[0], ==, G_MAXUINT64);
}

static void test_this_machine(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list = os_disk_stats_list(&error);
    g_autofree char *text = NULL;
    guint lines = 0;

    if (!list) {
        g_test_skip(error->message);
        return;
    }
    g_assert_true(g_file_get_contents("/proc/diskstats", &text, NULL, NULL));
    for (const char *c = text; (c = strchr(c, '\n')); c++)
        lines++;
    g_assert_cmpuint(list->len, ==, lines);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/disk-stats/of-a-captured-table", test_captured);
    g_test_add_func("/disk-stats/an-error-without-a-table", test_no_table);
    g_test_add_func("/disk-stats/older-and-newer-kernels", test_kernels);
    g_test_add_func("/disk-stats/odd-lines-cost-only-themselves", test_odd_lines);
    g_test_add_func("/disk-stats/every-device-of-this-machine", test_this_machine);
    return g_test_run();
}
