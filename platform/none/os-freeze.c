/* SPDX-License-Identifier: Apache-2.0 */
#include "os-freeze.h"
#include "none.h"

GPtrArray *os_freeze_list(GError **error)
{
    return none_fail_null(error);
}

OsFilesystem *os_freeze_find(const GPtrArray *filesystems, const char *path, GError **error)
{
    return none_fail_null(error);
}

gboolean os_freeze_open(OsFilesystem *filesystem, GError **error)
{
    return none_fail(error);
}

void os_freeze_close(OsFilesystem *filesystem)
{
}

gboolean os_freeze_start_write_out(void)
{
    return FALSE;
}

gint64 os_freeze_unwritten(void)
{
    return 0;
}

gboolean os_freeze_sync(const OsFilesystem *filesystem, GError **error)
{
    return none_fail(error);
}

gboolean os_freeze_is_joint(void)
{
    return FALSE;
}

guint os_freeze_longest(void)
{
    return 0;
}

OsFreezeOutcome os_freeze_freeze(const GPtrArray *filesystems, const OsFreezeOptions *options,
                                 GError **error)
{
    none_fail(error);
    return OS_FREEZE_FAILED;
}

OsFreezeOutcome os_freeze_thaw(const GPtrArray *filesystems, GError **error)
{
    none_fail(error);
    return OS_FREEZE_FAILED;
}

GPtrArray *os_freeze_writers(void)
{
    return g_ptr_array_new();
}

gboolean os_freeze_suspect(GPtrArray *filesystems, guint milliseconds)
{
    return TRUE;
}

void os_freeze_look_again(GPtrArray *filesystems)
{
}

void os_frozen_free(OsFrozen *frozen)
{
}
