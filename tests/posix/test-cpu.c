/* SPDX-License-Identifier: Apache-2.0 */
#include "os-cpu-times-parse.h"
#include "os-cpu.h"
#include "os-root.h"
#include "root-tree.h"

#include <gio/gio.h>

#define CPUS "/sys/devices/system/cpu"

typedef struct {
    char *root;
} Place;

static void set_up(Place *place, gconstpointer data)
{
    place->root = root_tree_unpack("cpus-4");
}

static void tear_down(Place *place, gconstpointer data)
{
    root_tree_remove(place->root);
}

static GArray *list(void)
{
    g_autoptr(GError) error = NULL;
    GArray *cpus = os_cpu_list(&error);
    g_assert_no_error(error);
    g_assert_nonnull(cpus);
    return cpus;
}

static void assert_cpus(const OsCpu *expected, guint n)
{
    g_autoptr(GArray) cpus = list();
    g_assert_cmpuint(cpus->len, ==, n);
    for (guint i = 0; i < n; i++) {
        const OsCpu *cpu = &g_array_index(cpus, OsCpu, i);
        g_assert_cmpint(cpu->id, ==, expected[i].id);
        g_assert_cmpint(cpu->online, ==, expected[i].online);
        g_assert_cmpint(cpu->can_offline, ==, expected[i].can_offline);
    }
}

static void test_list(Place *place, gconstpointer data)
{
    const OsCpu expected[] = {
        {0, TRUE, FALSE}, {1, TRUE, TRUE}, {2, FALSE, TRUE}, {10, TRUE, TRUE}};
    assert_cpus(expected, G_N_ELEMENTS(expected));
}

static void test_list_without_presence(Place *place, gconstpointer data)
{
    const OsCpu expected[] = {
        {0, TRUE, FALSE}, {1, TRUE, TRUE}, {2, FALSE, TRUE}, {10, TRUE, TRUE}, {11, FALSE, TRUE}};
    root_tree_add(place->root, CPUS "/present -> missing");
    assert_cpus(expected, G_N_ELEMENTS(expected));
}

static void test_list_without_directory(Place *place, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    os_root_set("/nonexistent");
    g_assert_null(os_cpu_list(&error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
    g_assert_cmpstr(error->message, ==,
                    "failed to read '/nonexistent" CPUS "': No such file or directory");
}

static void test_list_unreadable(Place *place, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    root_tree_add(place->root, CPUS "/cpu0/online/");
    g_assert_null(os_cpu_list(&error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY);
    g_assert_true(g_str_has_suffix(error->message, "/cpu0/online': Is a directory"));
}

static void assert_set(gint64 id, gboolean online)
{
    g_autoptr(GError) error = NULL;
    gboolean done = os_cpu_set_online(id, online, &error);
    g_assert_no_error(error);
    g_assert_true(done);
}

static void assert_content(const char *path, const char *expected)
{
    g_autofree char *file = os_root(path);
    g_autofree char *content = NULL;
    g_assert_true(g_file_get_contents(file, &content, NULL, NULL));
    g_assert_cmpstr(content, ==, expected);
}

static void test_set(Place *place, gconstpointer data)
{
    assert_set(1, FALSE);
    assert_set(2, TRUE);
    assert_content(CPUS "/cpu1/online", "0");
    assert_content(CPUS "/cpu2/online", "1");
    assert_set(2, FALSE);
    assert_content(CPUS "/cpu2/online", "0");
}

/* The newline that the tree has shows that nothing was written. */
static void test_set_as_it_is(Place *place, gconstpointer data)
{
    assert_set(0, TRUE);
    assert_set(1, TRUE);
    assert_set(2, FALSE);
    assert_content(CPUS "/cpu1/online", "1\n");
    assert_content(CPUS "/cpu2/online", "0\n");
}

static void assert_set_fails(gint64 id, int code, const char *end)
{
    g_autoptr(GError) error = NULL;
    g_assert_false(os_cpu_set_online(id, FALSE, &error));
    g_assert_error(error, G_IO_ERROR, code);
    g_assert_true(g_str_has_suffix(error->message, end));
}

static void test_set_fails(Place *place, gconstpointer data)
{
    root_tree_add(place->root, CPUS "/cpu1/online -> /dev/full");
    assert_set_fails(0, G_IO_ERROR_NOT_SUPPORTED, "processor 0 is always in use");
    assert_set_fails(77, G_IO_ERROR_NOT_FOUND, CPUS "/cpu77/\"): No such file or directory");
    assert_set_fails(-1, G_IO_ERROR_NOT_FOUND, "/cpu-1/\"): No such file or directory");
    assert_set_fails(G_MININT64, G_IO_ERROR_NOT_FOUND,
                     "/cpu-9223372036854775808/\"): No such file or directory");
    assert_set_fails(G_MAXINT64, G_IO_ERROR_NOT_FOUND,
                     "/cpu9223372036854775807/\"): No such file or directory");
    assert_set_fails(1, G_IO_ERROR_NO_SPACE, "/cpu1/online': No space left on device");
}

static void assert_times(const GArray *list, guint i, gint64 id, const guint64 *milliseconds,
                         guint counted)
{
    const OsCpuTimes *times = &g_array_index(list, OsCpuTimes, i);
    g_assert_cmpint(times->id, ==, id);
    g_assert_cmpuint(times->counted, ==, counted);
    for (guint j = 0; j < counted; j++)
        g_assert_cmpuint(times->milliseconds[j], ==, milliseconds[j]);
}

static void test_times(Place *place, gconstpointer data)
{
    const guint64 cpu1[] = {2142580, 30140, 968800, 8705320, 27480, 0, 5830, 3400, 70, 30};
    const guint64 cpu10[] = {10, 20, 30, 40, 50, 60, 70, 80, 90, 100};
    g_autofree char *path = os_root("/proc/stat");
    g_autofree char *text = NULL;
    g_autoptr(GArray) list = NULL;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    list = os_cpu_times_parse(text, 100);
    g_assert_cmpuint(list->len, ==, 3);
    assert_times(list, 1, 1, cpu1, 10);
    assert_times(list, 2, 10, cpu10, 10);
}

static void test_times_of_old_kernels(Place *place, gconstpointer data)
{
    const guint64 times[] = {1, 2, 3, 4, 5, 6, 7, 8};
    g_autoptr(GArray) list = os_cpu_times_parse("cpu0 1 2 3 4\n"
                                                "cpu1 1 2 3 4 5 6 7 8\n"
                                                "cpu2 1 2 3 4 5 6 7 8 9 10 11 12",
                                                1000);
    g_assert_cmpuint(list->len, ==, 3);
    assert_times(list, 0, 0, times, 4);
    assert_times(list, 1, 1, times, 8);
    g_assert_cmpuint(g_array_index(list, OsCpuTimes, 2).counted, ==, OS_CPU_ACTIVITIES);
}

static void test_ticks(Place *place, gconstpointer data)
{
    const guint64 odd[] = {0, 976, 1000, G_GUINT64_CONSTANT(18014398509481983999)};
    const guint64 huge[] = {0, 10000, 10240, G_MAXUINT64};
    const char *line = "cpu0 0 1000 1024 18446744073709551615";
    g_autoptr(GArray) of_1024 = os_cpu_times_parse(line, 1024);
    g_autoptr(GArray) of_100 = os_cpu_times_parse(line, 100);
    assert_times(of_1024, 0, 0, odd, 4);
    assert_times(of_100, 0, 0, huge, 4);
}

static void test_odd_times(Place *place, gconstpointer data)
{
    const guint64 times[] = {1, 2, 3, 4, 5};
    g_autoptr(GArray) list = os_cpu_times_parse("cpu 1 2 3 4\n"
                                                "\n"
                                                "cpu1 1 2 3\n"
                                                "cpu2 1 2 3 -4\n"
                                                "cpu3 1 2 3 4 x\n"
                                                "cpu4 1 2 3 18446744073709551616\n"
                                                "cpu9223372036854775808 1 2 3 4\n"
                                                "cpu-1 1 2 3 4\n"
                                                "cpux 1 2 3 4\n"
                                                "  cpu9223372036854775807\t1  2 3 4 5  \n"
                                                "cpu",
                                                1000);
    g_assert_cmpuint(list->len, ==, 1);
    assert_times(list, 0, G_MAXINT64, times, 5);
}

/* What is in use has a line in /proc/stat, on whatever machine this runs. */
static void test_this_machine(Place *place, gconstpointer data)
{
    g_autoptr(GArray) cpus = NULL, times = NULL;
    guint online = 0;

    os_root_set(NULL);
    if (!g_file_test(CPUS, G_FILE_TEST_IS_DIR)) {
        g_test_skip("this machine has no " CPUS);
        return;
    }
    cpus = list();
    times = os_cpu_times(NULL);
    for (guint i = 0; i < cpus->len; i++)
        online += g_array_index(cpus, OsCpu, i).online ? 1 : 0;
    g_assert_nonnull(times);
    g_assert_cmpuint(times->len, ==, online);
    g_assert_cmpuint(online, >=, 1);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *claim;
        void (*test)(Place *, gconstpointer);
    } tests[] = {
        {"/cpu/list/those-that-are-there-by-number", test_list},
        {"/cpu/list/all-if-presence-is-unknown", test_list_without_presence},
        {"/cpu/list/an-error-without-a-directory", test_list_without_directory},
        {"/cpu/list/an-error-if-a-state-cannot-be-read", test_list_unreadable},
        {"/cpu/set/out-of-use-and-back", test_set},
        {"/cpu/set/what-is-so-already-is-left-alone", test_set_as_it_is},
        {"/cpu/set/every-failure-has-its-words", test_set_fails},
        {"/cpu/times/in-milliseconds", test_times},
        {"/cpu/times/fewer-columns-of-older-kernels", test_times_of_old_kernels},
        {"/cpu/times/ticks-of-any-length-do-not-overflow", test_ticks},
        {"/cpu/times/odd-lines-cost-only-themselves", test_odd_times},
        {"/cpu/this-machine-is-consistent", test_this_machine},
    };
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].claim, Place, NULL, set_up, tests[i].test, tear_down);
    return g_test_run();
}
