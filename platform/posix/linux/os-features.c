/* SPDX-License-Identifier: Apache-2.0 */
#include "os-features.h"

/* A feature is added with the code behind it. */
gboolean os_has_feature(OsFeature feature)
{
    static const OsFeature features[] = {
        OS_FEATURE_NONE,
        OS_FEATURE_LOAD,
        OS_FEATURE_USERS,
        OS_FEATURE_NETWORK,
    };
    for (gsize i = 0; i < G_N_ELEMENTS(features); i++) {
        if (features[i] == feature) {
            return TRUE;
        }
    }
    return FALSE;
}
