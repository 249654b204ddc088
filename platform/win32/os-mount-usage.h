/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-mount.h"

/* Of what GetDiskFreeSpaceExW() tells, all in bytes: free for the caller, who may have a quota, the
 * whole size, and free in all. */
OsMountUsage os_mount_usage_of(guint64 available, guint64 total, guint64 unused);
