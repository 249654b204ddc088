/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-disk-stats.h"

#include <windows.h>

#include <winioctl.h>

/* What IOCTL_DISK_PERFORMANCE said of disk @number; @uptime is how long the system runs, in
 * milliseconds. */
OsDiskStats *os_disk_stats_of(guint number, const DISK_PERFORMANCE *said, guint64 uptime);
