/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-disk.h"
#include "fake-info.h"

#include <gio/gio.h>

static OsMounted *copy_mount(const OsMounted *mount, guint number)
{
    OsMounted *copy = g_memdup2(mount, sizeof *mount);
    copy->device = g_strdup(mount->device);
    copy->mountpoint = g_strdup(mount->mountpoint);
    copy->type = g_strdup(mount->type);
    copy->disks = g_ptr_array_new_with_free_func((GDestroyNotify)os_disk_address_free);
    if (fake_disks()->address)
        g_ptr_array_add(copy->disks, fake_disk_address(fake_disks()->address));
    copy->number = number;
    return copy;
}

GPtrArray *os_mount_list(GError **error)
{
    GPtrArray *mounts;

    if (!fake_info_called(G_STRFUNC, error))
        return NULL;
    mounts = g_ptr_array_new_with_free_func((GDestroyNotify)os_mounted_free);
    for (guint i = 0; i < fake_disks()->n_mounts; i++) {
        g_ptr_array_add(mounts, copy_mount(fake_disks()->mounts[i].mount, i));
    }
    return mounts;
}

static void note(const char *what, const OsMounted *mount, guint64 number)
{
    GString *calls = fake_info()->calls;
    g_string_append_printf(calls, "%s %s %" G_GUINT64_FORMAT "\n", what, mount->mountpoint, number);
}

gboolean os_mount_usage(const OsMounted *mount, guint milliseconds, guint *took,
                        OsMountUsage *usage)
{
    const FakeMount *fake = &fake_disks()->mounts[mount->number];

    note("usage", mount, milliseconds);
    *took = MIN(fake->takes, milliseconds);
    if (!fake->told || fake->takes > milliseconds)
        return FALSE;
    *usage = fake->usage;
    return TRUE;
}

gboolean os_mount_trim(const OsMounted *mount, guint64 minimum, guint milliseconds, OsTrim *trim,
                       GError **error)
{
    const FakeMount *fake = &fake_disks()->mounts[mount->number];

    note("trim", mount, minimum);
    if (fake->told) {
        *trim = fake->trim;
        return TRUE;
    }
    if (fake->cannot_trim)
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "failed to trim: no");
    else
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, "failed to trim: broken");
    return FALSE;
}
