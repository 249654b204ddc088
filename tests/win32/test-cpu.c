/* SPDX-License-Identifier: Apache-2.0 */
#include "os-cpu-times-map.h"
#include "os-cpu.h"

#include <gio/gio.h>
#include <windows.h>

static void test_list(void)
{
    g_autoptr(GArray) list = os_cpu_list(NULL);

    g_assert_cmpuint(list->len, ==, GetActiveProcessorCount(ALL_PROCESSOR_GROUPS));
    g_assert_cmpuint(list->len, >, 0);
    for (guint i = 0; i < list->len; i++) {
        const OsCpu *cpu = &g_array_index(list, OsCpu, i);
        g_assert_cmpint(cpu->id, ==, i);
        g_assert_true(cpu->online);
        g_assert_false(cpu->can_offline);
    }
}

static void assert_refused(gint64 id, gboolean online, GIOErrorEnum code)
{
    g_autoptr(GError) error = NULL;
    g_assert_false(os_cpu_set_online(id, online, &error));
    g_assert_error(error, G_IO_ERROR, (int)code);
}

static void test_set(void)
{
    g_assert_true(os_cpu_set_online(0, TRUE, NULL));
    assert_refused(0, FALSE, G_IO_ERROR_NOT_SUPPORTED);
    assert_refused(-1, FALSE, G_IO_ERROR_NOT_FOUND);
    assert_refused(G_MAXINT64, TRUE, G_IO_ERROR_NOT_FOUND);
}

static void test_mapping(void)
{
    const OsCpuCounters counters = {.idle = 500000000,
                                    .kernel = 800000000,
                                    .user = 199999999,
                                    .deferred = 20000000,
                                    .interrupt = 10000000};
    OsCpuTimes times = os_cpu_times_of(&counters, 7);

    g_assert_cmpint(times.id, ==, 7);
    g_assert_cmpuint(times.counted, ==, OS_CPU_SOFTIRQ + 1);
    g_assert_cmpuint(times.milliseconds[OS_CPU_USER], ==, 19999);
    g_assert_cmpuint(times.milliseconds[OS_CPU_NICE], ==, 0);
    g_assert_cmpuint(times.milliseconds[OS_CPU_SYSTEM], ==, 27000);
    g_assert_cmpuint(times.milliseconds[OS_CPU_IDLE], ==, 50000);
    g_assert_cmpuint(times.milliseconds[OS_CPU_IOWAIT], ==, 0);
    g_assert_cmpuint(times.milliseconds[OS_CPU_IRQ], ==, 1000);
    g_assert_cmpuint(times.milliseconds[OS_CPU_SOFTIRQ], ==, 2000);
}

/* The counters are not read at one instant, so idle time can be ahead. */
static void test_never_below_zero(void)
{
    const OsCpuCounters counters = {.idle = 90000, .kernel = 80000, .user = -1};
    OsCpuTimes times = os_cpu_times_of(&counters, 0);

    g_assert_cmpuint(times.milliseconds[OS_CPU_SYSTEM], ==, 0);
    g_assert_cmpuint(times.milliseconds[OS_CPU_USER], ==, 0);
    g_assert_cmpuint(times.milliseconds[OS_CPU_IDLE], ==, 9);
}

static void test_times(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) times = os_cpu_times(&error);
    guint64 sum = 0;

    g_assert_no_error(error);
    g_assert_cmpuint(times->len, ==, GetActiveProcessorCount(ALL_PROCESSOR_GROUPS));
    for (guint i = 0; i < times->len; i++) {
        const OsCpuTimes *cpu = &g_array_index(times, OsCpuTimes, i);
        g_assert_cmpint(cpu->id, ==, i);
        sum += cpu->milliseconds[OS_CPU_USER] + cpu->milliseconds[OS_CPU_IDLE];
    }
    g_assert_cmpuint(sum, >, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cpu/all-are-in-use-and-stay-so", test_list);
    g_test_add_func("/cpu/none-can-be-taken-out-of-use", test_set);
    g_test_add_func("/cpu/times/kernel-time-is-divided", test_mapping);
    g_test_add_func("/cpu/times/none-is-below-zero", test_never_below_zero);
    g_test_add_func("/cpu/times/each-processor-once", test_times);
    return g_test_run();
}
