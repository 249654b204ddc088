/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-fd.h"
#include "os-mount.h"

/* Opens where filesystem @number is mounted, with @flags besides the usual ones; -1 and errno.
 * ESTALE: it is not there, or another is mounted over it.  To be called with patience only. */
OsFd os_mount_open(const char *mountpoint, guint64 number, int flags);
