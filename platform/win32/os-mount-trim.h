/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-mount.h"
#include "os-run.h"

typedef enum {
    OS_TRIM_UNKNOWN, /* the disk does not say */
    OS_TRIM_YES,
    OS_TRIM_NO,
} OsTrimSupport;

/* What trimming needs from the system; tests have others in their place. */
typedef struct {
    OsTrimSupport (*support)(const char *volume); /* of the disks of a volume */
    gboolean (*run)(const OsRun *run, OsRunResult *result, GError **error);
} OsTrimCalls;

/* os_mount_trim() by these calls. */
gboolean os_mount_trim_by(const OsTrimCalls *calls, const OsMounted *mount, guint milliseconds,
                          OsTrim *trim, GError **error);
