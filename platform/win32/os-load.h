/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-cpu.h"

#define OS_LOAD_PERIOD 5u /* seconds from sample to sample, as on Linux */

/* Means over 1, 5 and 15 minutes in which a sample counts the less the older it is.  All zero is
 * "no sample yet". */
typedef struct {
    double sums[3], weights[3];
} OsLoad;

void os_load_add(OsLoad *load, double tasks);

/* Zeros before the first sample; else the mean over the time there are samples of, if that is
 * shorter. */
void os_load_means(const OsLoad *load, double means[3]);

/* How many programs ran side by side, on average, between two readings of os_cpu_times(). */
double os_load_running(const GArray *before, const GArray *after);
