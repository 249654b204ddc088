/* SPDX-License-Identifier: Apache-2.0 */
#include "os-features.h"

/* A feature is added with the code behind it. */
gboolean os_has_feature(OsFeature feature)
{
    static const OsFeature features[] = {
        OS_FEATURE_NONE,           OS_FEATURE_LOAD,      OS_FEATURE_USERS,
        OS_FEATURE_NETWORK,        OS_FEATURE_FREEZE,    OS_FEATURE_ROUTES,
        OS_FEATURE_VCPUS,          OS_FEATURE_SET_VCPUS, OS_FEATURE_MEMORY_BLOCKS,
        OS_FEATURE_DISK_STATS,     OS_FEATURE_CPU_STATS, OS_FEATURE_SUSPEND,
        OS_FEATURE_SUSPEND_HYBRID, OS_FEATURE_SHUTDOWN,  OS_FEATURE_SET_TIME,
        OS_FEATURE_PASSWORD,       OS_FEATURE_SSH_KEYS,  OS_FEATURE_DISKS,
        OS_FEATURE_FILESYSTEMS,    OS_FEATURE_TRIM,
    };
    for (gsize i = 0; i < G_N_ELEMENTS(features); i++) {
        if (features[i] == feature) {
            return TRUE;
        }
    }
    return FALSE;
}
