/* SPDX-License-Identifier: Apache-2.0 */
#include "os-disk.h"
#include "none.h"

GPtrArray *os_disk_list(GError **error)
{
    return none_fail_null(error);
}

gboolean os_disk_smart(const OsDisk *disk, guint milliseconds, OsNvmeSmart *smart)
{
    return FALSE;
}
