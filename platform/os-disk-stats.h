/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* What disks and partitions have done since the system started. */

/* A sector is 512 bytes.  Times are in milliseconds, those of requests side by side added up.
 * Older kernels count fewer of these: the order is that in which they came. */
typedef enum {
    OS_DISK_READS,
    OS_DISK_READS_MERGED, /* joined with a neighbour before they were begun */
    OS_DISK_SECTORS_READ,
    OS_DISK_READ_TIME,
    OS_DISK_WRITES,
    OS_DISK_WRITES_MERGED,
    OS_DISK_SECTORS_WRITTEN,
    OS_DISK_WRITE_TIME,
    OS_DISK_UNDER_WAY,  /* requests at this moment */
    OS_DISK_BUSY_TIME,  /* with anything at all under way */
    OS_DISK_TOTAL_TIME, /* of all requests */
    OS_DISK_DISCARDS,   /* Linux 4.18 */
    OS_DISK_DISCARDS_MERGED,
    OS_DISK_SECTORS_DISCARDED,
    OS_DISK_DISCARD_TIME,
    OS_DISK_FLUSHES, /* Linux 5.5 */
    OS_DISK_FLUSH_TIME,
    OS_DISK_COUNTERS,
} OsDiskCounter;

typedef struct {
    char *name; /* without a directory ("vda1"), UTF-8 */
    guint64 major, minor;
    guint counted; /* the first so many counters are; always those up to OS_DISK_TOTAL_TIME */
    guint64 counters[OS_DISK_COUNTERS];
} OsDiskStats;

/* Every block device once, in the system's order; idle and empty ones too.  Reads a file, so it
 * runs on a lane.  The caller owns the array of OsDiskStats. */
GPtrArray *os_disk_stats_list(GError **error);
void os_disk_stats_free(OsDiskStats *stats);
