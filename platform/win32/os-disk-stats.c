/* SPDX-License-Identifier: Apache-2.0 */
#include "os-disk-stats.h"
#include "os-disk-stats-map.h"
#include "os-filetime.h"
#include "os-handle.h"
#include "os-utf16.h"

#define SECTOR    512
#define DISKS_MAX 1024u /* numbers tried; they are given out from 0 on and have gaps */

static guint64 positive(LARGE_INTEGER number)
{
    return number.QuadPart > 0 ? (guint64)number.QuadPart : 0;
}

static guint64 milliseconds(LARGE_INTEGER steps)
{
    return positive(steps) / OS_FILETIME_MILLISECOND;
}

/* Windows counts when a disk is idle.  Its counters may have been switched on late, as on Server,
 * where the first question does that: then what is not idle time is not busy time either, but no
 * disk is busy for longer than its requests take together. */
static guint64 busy_time(const DISK_PERFORMANCE *said, guint64 uptime)
{
    guint64 idle = milliseconds(said->IdleTime);
    guint64 total = milliseconds(said->ReadTime) + milliseconds(said->WriteTime);
    return MIN(uptime > idle ? uptime - idle : 0, total);
}

/* There are no merged requests in these books, and what is discarded or flushed is not counted.
 * Disks have no major number. */
OsDiskStats *os_disk_stats_of(guint number, const DISK_PERFORMANCE *said, guint64 uptime)
{
    const OsDiskStats stats = {
        .name = g_strdup_printf("PhysicalDrive%u", number),
        .minor = number,
        .counted = OS_DISK_TOTAL_TIME + 1,
        .counters =
            {
                [OS_DISK_READS] = said->ReadCount,
                [OS_DISK_SECTORS_READ] = positive(said->BytesRead) / SECTOR,
                [OS_DISK_READ_TIME] = milliseconds(said->ReadTime),
                [OS_DISK_WRITES] = said->WriteCount,
                [OS_DISK_SECTORS_WRITTEN] = positive(said->BytesWritten) / SECTOR,
                [OS_DISK_WRITE_TIME] = milliseconds(said->WriteTime),
                [OS_DISK_UNDER_WAY] = said->QueueDepth,
                [OS_DISK_BUSY_TIME] = busy_time(said, uptime),
                [OS_DISK_TOTAL_TIME] = milliseconds(said->ReadTime) + milliseconds(said->WriteTime),
            },
    };
    return g_memdup2(&stats, sizeof stats);
}

/* No access is asked for: the counters may be read without any, and nothing waits for the disk. */
static gboolean ask(guint number, DISK_PERFORMANCE *said)
{
    g_autofree char *path = g_strdup_printf("\\\\.\\PhysicalDrive%u", number);
    g_autofree wchar_t *wide = os_utf16(path, NULL);
    g_auto(OsHandle) disk = NULL;
    DWORD got = 0;

    disk = CreateFileW(wide, 0, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    return os_handle_is_valid(disk) &&
           DeviceIoControl(disk, IOCTL_DISK_PERFORMANCE, NULL, 0, said, sizeof *said, &got, NULL) &&
           got >= sizeof *said;
}

/* A disk that does not answer, such as one that is off, is left out. */
GPtrArray *os_disk_stats_list(GError **error)
{
    GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)os_disk_stats_free);

    for (guint number = 0; number < DISKS_MAX; number++) {
        DISK_PERFORMANCE said;
        if (ask(number, &said))
            g_ptr_array_add(list, os_disk_stats_of(number, &said, GetTickCount64()));
    }
    return list;
}
