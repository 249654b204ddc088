/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-info.h"

gboolean os_has_feature(OsFeature feature)
{
    return !fake_info()->absent[feature];
}
