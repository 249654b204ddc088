/* SPDX-License-Identifier: Apache-2.0 */
#include "os-cpu-times-map.h"
#include "os-error.h"
#include "os-filetime.h"

#include <windows.h>
#include <winternl.h>

/* Without a prototype in winternl.h; Windows 7 brought it, with processor groups. */
NTSTATUS NTAPI NtQuerySystemInformationEx(SYSTEM_INFORMATION_CLASS what, void *in, ULONG in_size,
                                          void *out, ULONG size, ULONG *got);

G_STATIC_ASSERT(sizeof(OsCpuCounters) == 48);

static guint64 milliseconds(gint64 steps)
{
    return steps > 0 ? (guint64)steps / OS_FILETIME_MILLISECOND : 0;
}

/* Windows has no niceness in its books and no waiting for disks: both are 0.  The rest of what
 * Linux tells apart it does not count. */
OsCpuTimes os_cpu_times_of(const OsCpuCounters *counters, gint64 id)
{
    gint64 system = counters->kernel - counters->idle - counters->deferred - counters->interrupt;

    return (OsCpuTimes){
        .id = id,
        .counted = OS_CPU_SOFTIRQ + 1,
        .milliseconds =
            {
                [OS_CPU_USER] = milliseconds(counters->user),
                [OS_CPU_SYSTEM] = milliseconds(system),
                [OS_CPU_IDLE] = milliseconds(counters->idle),
                [OS_CPU_IRQ] = milliseconds(counters->interrupt),
                [OS_CPU_SOFTIRQ] = milliseconds(counters->deferred),
            },
    };
}

/* A processor belongs to a group of at most 64.  Where there is one group it need not be named. */
static NTSTATUS query(USHORT group, USHORT groups, OsCpuCounters *counters, ULONG size, ULONG *got)
{
    return groups > 1 ? NtQuerySystemInformationEx(SystemProcessorPerformanceInformation, &group,
                                                   sizeof group, counters, size, got)
                      : NtQuerySystemInformation(SystemProcessorPerformanceInformation, counters,
                                                 size, got);
}

static gboolean add_group(USHORT group, USHORT groups, GArray *list, GError **error)
{
    DWORD n = MAX(GetMaximumProcessorCount(group), 1);
    g_autofree OsCpuCounters *counters = g_new0(OsCpuCounters, n);
    ULONG got = 0;
    NTSTATUS status = query(group, groups, counters, n * (ULONG)sizeof *counters, &got);

    if (!NT_SUCCESS(status))
        return os_error_code(error, (int)RtlNtStatusToDosError(status),
                             "failed to get the times of the processors");
    for (ULONG i = 0; i < got / sizeof *counters; i++) {
        OsCpuTimes times = os_cpu_times_of(&counters[i], list->len);
        g_array_append_val(list, times);
    }
    return TRUE;
}

GArray *os_cpu_times(GError **error)
{
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(OsCpuTimes));
    USHORT groups = GetActiveProcessorGroupCount();

    for (USHORT group = 0; group < groups; group++)
        if (!add_group(group, groups, list, error))
            return NULL;
    return g_steal_pointer(&list);
}
