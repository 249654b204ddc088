/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-mount.h"

/* What the fake says about disks and mounts besides fake-info.h, whose calls and failure it shares.
 * All pointers are borrowed from the test. */
typedef struct {
    const OsMounted *mount; /* device, mountpoint, type, main; its disks are those of FakeDisks */
    gboolean told;          /* os_mount_usage() and os_mount_trim() succeed */
    guint takes;            /* milliseconds, beyond the patience counts as not told */
    OsMountUsage usage;
    OsTrim trim;
    gboolean cannot_trim;
} FakeMount;

typedef struct {
    const OsDisk *disks; /* dependencies: NULL are none */
    guint n_disks;
    const OsNvmeSmart *smart; /* of each that says it is NVMe; NULL: they do not tell */

    const FakeMount *mounts;
    guint n_mounts;
    const OsDiskAddress *address; /* each mount is on it; NULL: on none */
} FakeDisks;

FakeDisks *fake_disks(void);
void fake_disks_reset(void);

/* For the fakes: a copy that the caller owns. */
OsDiskAddress *fake_disk_address(const OsDiskAddress *address);
