/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * What a back end can do at all.  A command whose `needs` (schema/) names a feature that is absent
 * here does not exist: it is not listed and not found.  A back end answers from a constant table; a
 * feature that is there but fails today is an error of the call, not an absence.
 */
typedef enum {
    OS_FEATURE_NONE, /* needed by commands that core/ does alone; always there */
    OS_FEATURE_LOAD,
    OS_FEATURE_USERS,
    OS_FEATURE_NETWORK,
    OS_FEATURE_ROUTES,
    OS_FEATURE_FREEZE,
    OS_FEATURE_TRIM,
    OS_FEATURE_SUSPEND,
    OS_FEATURE_SUSPEND_HYBRID,
    OS_FEATURE_SHUTDOWN,
    OS_FEATURE_SET_TIME,
    OS_FEATURE_PASSWORD,
    OS_FEATURE_SSH_KEYS,
    OS_FEATURE_DISKS,
    OS_FEATURE_FILESYSTEMS,
    OS_FEATURE_VCPUS,
    OS_FEATURE_SET_VCPUS,
    OS_FEATURE_MEMORY_BLOCKS,
    OS_FEATURE_DISK_STATS,
    OS_FEATURE_CPU_STATS,
    OS_FEATURE_DEVICES,
} OsFeature;

gboolean os_has_feature(OsFeature feature);
