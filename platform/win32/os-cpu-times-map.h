/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-cpu.h"

/* One processor of SystemProcessorPerformanceInformation, in steps of 100 ns.  winternl.h calls the
 * members after the first three reserved (Geoff Chappell, "SYSTEM_PROCESSOR_PERFORMANCE_
 * INFORMATION"). */
typedef struct {
    gint64 idle;
    gint64 kernel; /* with what is idle, deferred and interrupts */
    gint64 user;
    gint64 deferred; /* deferred procedure calls: what Linux calls soft interrupts */
    gint64 interrupt;
    guint32 interrupts; /* how many */
    guint32 padding;
} OsCpuCounters;

OsCpuTimes os_cpu_times_of(const OsCpuCounters *counters, gint64 id);
