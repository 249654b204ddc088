/* SPDX-License-Identifier: Apache-2.0 */
#include "os-cpu.h"
#include "os-disk-stats.h"
#include "os-system.h"
#include "schema-commands.h"

/* An optional uint64 of the schema. */
typedef struct {
    gsize value, has;
} Counter;

#define COUNTER(type, member)                                                                      \
    {                                                                                              \
        offsetof(type, member), offsetof(type, has_##member)                                       \
    }

static void fill(gpointer guest, const Counter *counters, const guint64 *values, guint n)
{
    for (guint i = 0; i < n; i++) {
        G_STRUCT_MEMBER(guint64, guest, counters[i].value) = values[i];
        G_STRUCT_MEMBER(gboolean, guest, counters[i].has) = TRUE;
    }
}

static GuestDiskStatsInfo *guest_disk(const OsDiskStats *stats)
{
    static const Counter counters[] = {
        [OS_DISK_READS] = COUNTER(GuestDiskStats, read_ios),
        [OS_DISK_READS_MERGED] = COUNTER(GuestDiskStats, read_merges),
        [OS_DISK_SECTORS_READ] = COUNTER(GuestDiskStats, read_sectors),
        [OS_DISK_READ_TIME] = COUNTER(GuestDiskStats, read_ticks),
        [OS_DISK_WRITES] = COUNTER(GuestDiskStats, write_ios),
        [OS_DISK_WRITES_MERGED] = COUNTER(GuestDiskStats, write_merges),
        [OS_DISK_SECTORS_WRITTEN] = COUNTER(GuestDiskStats, write_sectors),
        [OS_DISK_WRITE_TIME] = COUNTER(GuestDiskStats, write_ticks),
        [OS_DISK_UNDER_WAY] = COUNTER(GuestDiskStats, ios_pgr),
        [OS_DISK_BUSY_TIME] = COUNTER(GuestDiskStats, total_ticks),
        [OS_DISK_TOTAL_TIME] = COUNTER(GuestDiskStats, weight_ticks),
        [OS_DISK_DISCARDS] = COUNTER(GuestDiskStats, discard_ios),
        [OS_DISK_DISCARDS_MERGED] = COUNTER(GuestDiskStats, discard_merges),
        [OS_DISK_SECTORS_DISCARDED] = COUNTER(GuestDiskStats, discard_sectors),
        [OS_DISK_DISCARD_TIME] = COUNTER(GuestDiskStats, discard_ticks),
        [OS_DISK_FLUSHES] = COUNTER(GuestDiskStats, flush_ios),
        [OS_DISK_FLUSH_TIME] = COUNTER(GuestDiskStats, flush_ticks),
    };
    GuestDiskStatsInfo *guest = g_new0(GuestDiskStatsInfo, 1);

    guest->name = g_strdup(stats->name);
    guest->major = stats->major;
    guest->minor = stats->minor;
    guest->stats = g_new0(GuestDiskStats, 1);
    fill(guest->stats, counters, stats->counters, stats->counted);
    return guest;
}

gboolean cmd_get_diskstats(GPtrArray **out, GError **error)
{
    g_autoptr(GPtrArray) disks = os_disk_stats_list(error);
    if (!disks)
        return FALSE;
    *out = g_ptr_array_sized_new(disks->len);
    for (guint i = 0; i < disks->len; i++)
        g_ptr_array_add(*out, guest_disk(g_ptr_array_index(disks, i)));
    return TRUE;
}

static GuestLinuxCpuStats *guest_times(const OsCpuTimes *times)
{
    static const Counter counters[] = {
        COUNTER(GuestLinuxCpuStats, iowait),  COUNTER(GuestLinuxCpuStats, irq),
        COUNTER(GuestLinuxCpuStats, softirq), COUNTER(GuestLinuxCpuStats, steal),
        COUNTER(GuestLinuxCpuStats, guest),   COUNTER(GuestLinuxCpuStats, guestnice),
    };
    GuestLinuxCpuStats *guest = g_new0(GuestLinuxCpuStats, 1);

    guest->cpu = times->id;
    guest->user = times->milliseconds[OS_CPU_USER];
    guest->nice = times->milliseconds[OS_CPU_NICE];
    guest->system = times->milliseconds[OS_CPU_SYSTEM];
    guest->idle = times->milliseconds[OS_CPU_IDLE];
    fill(guest, counters, &times->milliseconds[OS_CPU_IOWAIT], times->counted - OS_CPU_IOWAIT);
    return guest;
}

gboolean cmd_get_cpustats(GPtrArray **out, GError **error)
{
    g_autoptr(GArray) cpus = os_cpu_times(error);
    if (!cpus)
        return FALSE;
    *out = g_ptr_array_sized_new(cpus->len);
    for (guint i = 0; i < cpus->len; i++) {
        GuestCpuStats *guest = g_new0(GuestCpuStats, 1);
        guest->type = GUEST_CPU_STATS_TYPE_LINUX;
        guest->linux_ = guest_times(&g_array_index(cpus, OsCpuTimes, i));
        g_ptr_array_add(*out, guest);
    }
    return TRUE;
}

gboolean cmd_get_load(VaAgent *agent, GuestLoadAverage **out, GError **error)
{
    double load[3];
    if (!os_system_load(load, error)) {
        return FALSE;
    }
    *out = g_new0(GuestLoadAverage, 1);
    (*out)->load1m = load[0];
    (*out)->load5m = load[1];
    (*out)->load15m = load[2];
    return TRUE;
}
