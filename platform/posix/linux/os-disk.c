/* SPDX-License-Identifier: Apache-2.0 */
#include "os-disk.h"
#include "os-block.h"
#include "os-disk-address.h"

#include <string.h>

/* "ram0": there since boot, used or not (drivers/block/brd.c). */
static gboolean is_ram_disk(const char *name)
{
    return g_str_has_prefix(name, "ram") && strspn(name + strlen("ram"), "0123456789") > 0;
}

/* Loop devices without a file, drives without a medium and such have no size.  Hidden is a path to
 * an NVMe disk: it has no device file. */
static gboolean is_shown(const char *name)
{
    g_autofree char *size = os_block_attribute(name, "size");
    g_autofree char *hidden = os_block_attribute(name, "hidden");
    return size && strcmp(size, "0") != 0 && g_strcmp0(hidden, "1") != 0 && !is_ram_disk(name);
}

static GPtrArray *dependencies_of(const char *name)
{
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) members = os_block_members(name);

    for (guint i = 0; i < members->len; i++) {
        const char *member = g_ptr_array_index(members, i);
        g_autofree char *hidden = os_block_attribute(member, "hidden");
        if (g_strcmp0(hidden, "1") != 0)
            g_ptr_array_add(paths, os_block_path(member));
    }
    return paths;
}

static char *alias_of(const char *name)
{
    g_autofree char *alias = os_block_attribute(name, "dm/name");
    return alias ? g_utf8_make_valid(alias, -1) : NULL;
}

static OsDisk *disk_of(const char *name)
{
    g_autofree char *partition = os_block_attribute(name, "partition");
    OsDisk *disk = g_new0(OsDisk, 1);

    disk->name = os_block_path(name);
    disk->partition = partition != NULL;
    disk->dependencies = dependencies_of(name);
    disk->address = os_disk_address(name);
    disk->alias = alias_of(name);
    disk->nvme = disk->address && disk->address->bus_type == OS_BUS_NVME;
    return disk;
}

GPtrArray *os_disk_list(GError **error)
{
    GPtrArray *disks = g_ptr_array_new_with_free_func((GDestroyNotify)os_disk_free);
    g_autoptr(GPtrArray) names = os_block_list();

    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        if (is_shown(name))
            g_ptr_array_add(disks, disk_of(name));
    }
    return disks;
}
