/* SPDX-License-Identifier: Apache-2.0 */
#include "os-features.h"

gboolean os_has_feature(OsFeature feature)
{
    return feature == OS_FEATURE_NONE;
}
