/* SPDX-License-Identifier: Apache-2.0 */
#include "os-load.h"

#include <math.h>

/* What is kept of a sum from one sample to the next. */
static double kept(guint mean)
{
    static const double seconds[] = {60, 300, 900};
    return exp(-(double)OS_LOAD_PERIOD / seconds[mean]);
}

/* The weights are the same mean of ones: how much of the sum has come together so far. */
void os_load_add(OsLoad *load, double tasks)
{
    for (guint i = 0; i < G_N_ELEMENTS(load->sums); i++) {
        load->sums[i] = load->sums[i] * kept(i) + tasks * (1 - kept(i));
        load->weights[i] = load->weights[i] * kept(i) + (1 - kept(i));
    }
}

void os_load_means(const OsLoad *load, double means[3])
{
    for (guint i = 0; i < G_N_ELEMENTS(load->sums); i++)
        means[i] = load->weights[i] > 0 ? load->sums[i] / load->weights[i] : 0;
}

static void add_up(const GArray *times, double *all, double *idle)
{
    for (guint i = 0; i < times->len; i++) {
        const OsCpuTimes *cpu = &g_array_index(times, OsCpuTimes, i);
        for (guint j = 0; j < cpu->counted; j++)
            *all += (double)cpu->milliseconds[j];
        *idle += (double)cpu->milliseconds[OS_CPU_IDLE];
    }
}

double os_load_running(const GArray *before, const GArray *after)
{
    double all = 0, idle = 0, all_before = 0, idle_before = 0, busy;

    add_up(before, &all_before, &idle_before);
    add_up(after, &all, &idle);
    all -= all_before;
    busy = all - (idle - idle_before);
    return all > 0 ? CLAMP(busy / all, 0, 1) * after->len : 0;
}
