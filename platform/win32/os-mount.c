/* SPDX-License-Identifier: Apache-2.0 */
#include "os-mount.h"
#include "os-disk-device.h"
#include "os-volume.h"

/* What qemu-ga calls the place of a volume that has none. */
#define NOWHERE "System Reserved"

/* Of a volume that does not answer. */
#define TYPE_UNKNOWN "unknown"

static GPtrArray *disks_of(const OsVolume *about, const GPtrArray *devices)
{
    GPtrArray *disks = g_ptr_array_new_with_free_func((GDestroyNotify)os_disk_address_free);
    guint count = about->disks ? about->disks->len : 0;
    const OsDiskDevice *found;

    for (guint i = 0; i < count; i++) {
        found = os_disk_devices_find(devices, OS_DISK_KIND_DISK,
                                     g_array_index(about->disks, guint32, i));
        if (found)
            g_ptr_array_add(disks, os_disk_address_copy(found->address));
    }
    found = about->optical >= 0
                ? os_disk_devices_find(devices, OS_DISK_KIND_OPTICAL, (guint32)about->optical)
                : NULL;
    if (found)
        g_ptr_array_add(disks, os_disk_address_copy(found->address));
    return disks;
}

/* FNV-1a: the name is as unique as the GUID in it. */
static guint64 number_of(const char *volume)
{
    guint64 hash = G_GUINT64_CONSTANT(0xcbf29ce484222325);

    for (const char *c = volume; *c; c++)
        hash = (hash ^ (guchar)*c) * G_GUINT64_CONSTANT(0x100000001b3);
    return hash;
}

static OsMounted *mounted(const char *volume, const char *path, const char *type, GPtrArray *disks)
{
    OsMounted *mount = g_new0(OsMounted, 1);

    mount->device = g_strdup(volume);
    mount->mountpoint = g_strdup(path);
    mount->type = g_strdup(type);
    mount->disks = g_ptr_array_ref(disks);
    mount->number = number_of(volume);
    return mount;
}

/* Only a volume that is mounted can be trimmed, once: by its first path. */
static void add(GPtrArray *list, const char *volume, const GPtrArray *devices)
{
    g_auto(OsVolume) about = {.optical = -1};
    OsVolumeState state = os_volume_ask(volume, &about);
    g_autoptr(GPtrArray) paths = NULL, disks = NULL;

    if (state == OS_VOLUME_NO_FILESYSTEM)
        return;
    paths = os_volume_paths(volume);
    disks = disks_of(&about, devices);
    for (guint i = 0; i < MAX(paths->len, 1); i++) {
        const char *path = paths->len > 0 ? g_ptr_array_index(paths, i) : NOWHERE;
        OsMounted *mount = mounted(volume, path, about.type ? about.type : TYPE_UNKNOWN, disks);
        mount->main = i == 0 && paths->len > 0;
        g_ptr_array_add(list, mount);
    }
}

GPtrArray *os_mount_list(GError **error)
{
    g_autoptr(GPtrArray) volumes = os_volume_list(error);
    g_autoptr(GPtrArray) devices =
        g_ptr_array_new_with_free_func((GDestroyNotify)os_disk_device_free);
    GPtrArray *list;

    if (!volumes || !os_disk_devices_add(devices, OS_DISK_KIND_DISK, error) ||
        !os_disk_devices_add(devices, OS_DISK_KIND_OPTICAL, error))
        return NULL;
    list = g_ptr_array_new_with_free_func((GDestroyNotify)os_mounted_free);
    for (guint i = 0; i < volumes->len; i++)
        add(list, g_ptr_array_index(volumes, i), devices);
    return list;
}
