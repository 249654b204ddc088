/* SPDX-License-Identifier: Apache-2.0 */
#include "os-mount.h"
#include "os-block.h"
#include "os-disk-address.h"
#include "os-mountinfo.h"

#include <string.h>
#include <sys/sysmacros.h>

typedef struct {
    GPtrArray *list;    /* of OsMounted */
    GPtrArray *table;   /* what each of them is in the mount table (OsMount, borrowed) */
    GHashTable *chosen; /* number of a filesystem -> index of the mount that stands for it */
} Listing;

/* As /sys has it.  A filesystem on several devices goes by the one it was mounted by. */
static char *name_of(const OsMount *mount, const GPtrArray *devices)
{
    g_autofree char *name = os_block_name(mount->major, mount->minor);

    if (!name)
        name = os_block_find(mount->source);
    if (!name && devices->len > 0)
        name = g_strdup(g_ptr_array_index(devices, 0));
    return name ? g_steal_pointer(&name) : g_path_get_basename(mount->source);
}

static OsMounted *mounted(const OsMount *mount)
{
    g_autoptr(GPtrArray) devices =
        os_block_of_mount(mount->major, mount->minor, mount->type, mount->source);
    OsMounted *made = g_new0(OsMounted, 1);

    made->device = name_of(mount, devices);
    made->mountpoint = g_strdup(mount->mountpoint);
    made->type = g_strdup(mount->type);
    made->disks = os_disk_addresses(devices);
    made->number = makedev(mount->major, mount->minor);
    return made;
}

/* Another mount of the same filesystem: the disks are not looked up again, for there may be
 * hundreds (containers). */
static OsMounted *mounted_too(const OsMount *mount, const OsMounted *first)
{
    OsMounted *made = g_new0(OsMounted, 1);

    made->device = g_strdup(first->device);
    made->mountpoint = g_strdup(mount->mountpoint);
    made->type = g_strdup(mount->type);
    made->disks = g_ptr_array_ref(first->disks);
    made->number = first->number;
    return made;
}

/* One that can be reached stands for its filesystem, by preference with the whole of it, and of
 * several the first. */
static guint merit(const OsMount *mount)
{
    return (mount->hidden ? 0 : 2) + (strcmp(mount->root, "/") == 0 ? 1 : 0);
}

static void add(Listing *listing, OsMount *mount)
{
    guint64 number = makedev(mount->major, mount->minor);
    gpointer index;

    g_ptr_array_add(listing->table, mount);
    if (!g_hash_table_lookup_extended(listing->chosen, &number, NULL, &index)) {
        index = GUINT_TO_POINTER(listing->list->len);
        g_ptr_array_add(listing->list, mounted(mount));
    } else {
        guint other = GPOINTER_TO_UINT(index);
        if (merit(mount) > merit(g_ptr_array_index(listing->table, other)))
            index = GUINT_TO_POINTER(listing->list->len);
        g_ptr_array_add(listing->list, mounted_too(mount, g_ptr_array_index(listing->list, other)));
    }
    g_hash_table_insert(listing->chosen, g_memdup2(&number, sizeof number), index);
}

static void mark_chosen(const Listing *listing)
{
    GHashTableIter iter;
    gpointer index;

    g_hash_table_iter_init(&iter, listing->chosen);
    while (g_hash_table_iter_next(&iter, NULL, &index)) {
        OsMounted *mount = g_ptr_array_index(listing->list, GPOINTER_TO_UINT(index));
        mount->main = TRUE;
    }
}

GPtrArray *os_mount_list(GError **error)
{
    g_autoptr(GPtrArray) mounts = os_mountinfo_read(error);
    g_autoptr(GHashTable) types = os_filesystem_types();
    g_autoptr(GPtrArray) table = g_ptr_array_new();
    g_autoptr(GHashTable) chosen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    Listing listing = {.table = table, .chosen = chosen};

    if (!mounts)
        return NULL;
    listing.list = g_ptr_array_new_with_free_func((GDestroyNotify)os_mounted_free);
    for (guint i = 0; i < mounts->len; i++) {
        OsMount *mount = g_ptr_array_index(mounts, i);
        if (os_filesystem_is_on_device(types, mount->type))
            add(&listing, mount);
    }
    mark_chosen(&listing);
    return listing.list;
}
