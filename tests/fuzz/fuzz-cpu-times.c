/* SPDX-License-Identifier: Apache-2.0 */
#include "../../platform/posix/linux/os-cpu-times-parse.h"
#include "fuzz.h"

#include <string.h>

/* Finer ticks never make more milliseconds. */
static void check(const OsCpuTimes *coarse, const OsCpuTimes *fine)
{
    g_assert_cmpint(coarse->id, >=, 0);
    g_assert_cmpint(coarse->id, ==, fine->id);
    g_assert_cmpuint(coarse->counted, >, OS_CPU_IDLE);
    g_assert_cmpuint(coarse->counted, <=, OS_CPU_ACTIVITIES);
    g_assert_cmpuint(coarse->counted, ==, fine->counted);
    for (guint i = 0; i < fine->counted; i++)
        g_assert_cmpuint(coarse->milliseconds[i], >=, fine->milliseconds[i]);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree char *text = g_strndup(size > 0 ? (const char *)data : "", size);
    g_autoptr(GArray) coarse = os_cpu_times_parse(text, 100);
    g_autoptr(GArray) fine = os_cpu_times_parse(text, 1024);

    g_assert_cmpuint(coarse->len, ==, fine->len);
    for (guint i = 0; i < fine->len; i++)
        check(&g_array_index(coarse, OsCpuTimes, i), &g_array_index(fine, OsCpuTimes, i));
    return 0;
}
