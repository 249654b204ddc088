/* SPDX-License-Identifier: Apache-2.0 */
#include "os-mount.h"
#include "none.h"

GPtrArray *os_mount_list(GError **error)
{
    return none_fail_null(error);
}

gboolean os_mount_usage(const OsMounted *mount, guint milliseconds, guint *took,
                        OsMountUsage *usage)
{
    *took = 0;
    return FALSE;
}

gboolean os_mount_trim(const OsMounted *mount, guint64 minimum, guint milliseconds, OsTrim *trim,
                       GError **error)
{
    return none_fail(error);
}
