/* SPDX-License-Identifier: Apache-2.0 */
#include "os-features.h"

/* Windows takes no processor and no memory out of use, and has no hybrid sleep to be asked for. */
gboolean os_has_feature(OsFeature feature)
{
    static const OsFeature absent[] = {OS_FEATURE_SUSPEND_HYBRID, OS_FEATURE_SET_VCPUS,
                                       OS_FEATURE_MEMORY_BLOCKS};
    for (gsize i = 0; i < G_N_ELEMENTS(absent); i++)
        if (absent[i] == feature)
            return FALSE;
    return TRUE;
}
