/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-disk.h"
#include "fake-info.h"

static FakeDisks state;

FakeDisks *fake_disks(void)
{
    return &state;
}

void fake_disks_reset(void)
{
    state = (FakeDisks){NULL};
}

OsDiskAddress *fake_disk_address(const OsDiskAddress *address)
{
    OsDiskAddress *copy = g_memdup2(address, sizeof *address);
    copy->ccw = g_memdup2(address->ccw, sizeof *address->ccw);
    copy->serial = g_strdup(address->serial);
    copy->device = g_strdup(address->device);
    return copy;
}

static OsDisk *copy_disk(const OsDisk *disk)
{
    OsDisk *copy = g_memdup2(disk, sizeof *disk);
    copy->name = g_strdup(disk->name);
    copy->dependencies = disk->dependencies ? g_ptr_array_ref(disk->dependencies)
                                            : g_ptr_array_new_with_free_func(g_free);
    copy->address = disk->address ? fake_disk_address(disk->address) : NULL;
    copy->alias = g_strdup(disk->alias);
    return copy;
}

GPtrArray *os_disk_list(GError **error)
{
    GPtrArray *disks;

    if (!fake_info_called(G_STRFUNC, error))
        return NULL;
    disks = g_ptr_array_new_with_free_func((GDestroyNotify)os_disk_free);
    for (guint i = 0; i < state.n_disks; i++) {
        g_ptr_array_add(disks, copy_disk(&state.disks[i]));
    }
    return disks;
}

gboolean os_disk_smart(const OsDisk *disk, guint milliseconds, OsNvmeSmart *smart)
{
    if (!state.smart)
        return FALSE;
    *smart = *state.smart;
    return TRUE;
}
