/* SPDX-License-Identifier: Apache-2.0 */
#include "os-freeze-private.h"

#include <string.h>

#define NETWORK   "network filesystem"
#define NO_DEVICE "not on a block device"
#define READ_ONLY "read-only filesystem"

/* What is known by its type.  That a filesystem on a block device cannot be frozen (vfat) turns out
 * when it is tried; those that can only be read need not be, and a system can have a hundred of
 * them (snaps). */
static const struct {
    const char *type;
    const char *obstacle; /* NULL: has no storage of its own */
} known[] = {
    {"nfs", NETWORK},
    {"nfs4", NETWORK},
    {"cifs", NETWORK},
    {"smb3", NETWORK},
    {"ceph", NETWORK},
    {"afs", NETWORK},
    {"lustre", NETWORK},
    {"orangefs", NETWORK},
    {"fuse.sshfs", NETWORK},
    {"fuse.glusterfs", NETWORK},
    {"fuse.ceph-fuse", NETWORK},
    {"9p", NO_DEVICE},
    {"virtiofs", NO_DEVICE},
    {"vboxsf", NO_DEVICE},
    {"ubifs", NO_DEVICE},
    {"jffs2", NO_DEVICE},
    {"zfs", "zfs cannot be frozen"},
    {"fuseblk", "FUSE cannot be frozen"}, /* and syncfs() asks its server, which may be dead */
    {"squashfs", READ_ONLY},
    {"erofs", READ_ONLY},
    {"iso9660", READ_ONLY},
    {"cramfs", READ_ONLY},
    {"romfs", READ_ONLY},
    {"fuse.squashfuse", READ_ONLY},
    {"fuse.snapfuse", READ_ONLY},
    {"fuse.lxcfs", NULL},
    {"fuse.portal", NULL},
    {"fuse.gvfsd-fuse", NULL},
    {"fuse.fuse-overlayfs", NULL},
};

/* Whether the filesystem goes into the list, and with what obstacle (NULL: none). */
static gboolean is_on_storage(GHashTable *types, const char *type, const char **obstacle)
{
    gboolean is_fuse = g_str_equal(type, "fuse") || g_str_has_prefix(type, "fuse.");
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
        if (g_str_equal(type, known[i].type)) {
            *obstacle = known[i].obstacle;
            return known[i].obstacle != NULL;
        }
    }
    *obstacle = is_fuse ? NO_DEVICE : NULL;
    return is_fuse || os_filesystem_is_on_device(types, type);
}

static OsFilesystem *filesystem_new(GPtrArray *table, const OsMount *mount, const char *obstacle)
{
    OsFilesystem *filesystem = g_new0(OsFilesystem, 1);
    OsFrozen *frozen = g_new0(OsFrozen, 1);

    frozen->major = mount->major;
    frozen->minor = mount->minor;
    frozen->table = g_ptr_array_ref(table);
    frozen->mounts = g_ptr_array_new();
    frozen->fd = -1;
    frozen->ear = -1;
    filesystem->type = g_utf8_make_valid(mount->type, -1);
    filesystem->obstacle = g_strdup(obstacle);
    filesystem->handle = frozen;
    return filesystem;
}

/* Those of @table that are on storage, in its order. */
static GPtrArray *collect(GPtrArray *table)
{
    GPtrArray *filesystems = g_ptr_array_new_with_free_func((GDestroyNotify)os_filesystem_free);
    g_autoptr(GHashTable) types = os_filesystem_types();
    g_autoptr(GHashTable) by_device =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);

    for (guint i = 0; i < table->len; i++) {
        OsMount *mount = g_ptr_array_index(table, i);
        gint64 device = (gint64)mount->major << 32 | mount->minor;
        OsFilesystem *filesystem = g_hash_table_lookup(by_device, &device);
        const char *obstacle;

        if (!filesystem && is_on_storage(types, mount->type, &obstacle)) {
            filesystem = filesystem_new(table, mount, obstacle);
            g_hash_table_insert(by_device, g_memdup2(&device, sizeof device), filesystem);
            g_ptr_array_add(filesystems, filesystem);
        }
        if (filesystem)
            g_ptr_array_add(filesystem->handle->mounts, mount);
    }
    return filesystems;
}

static int worse_place(gconstpointer a, gconstpointer b)
{
    const OsMount *left = *(OsMount *const *)a, *right = *(OsMount *const *)b;
    gboolean left_is_part = !g_str_equal(left->root, "/");
    gboolean right_is_part = !g_str_equal(right->root, "/");
    return 2 * (left->hidden - right->hidden) + (left_is_part - right_is_part);
}

static void show_best_place(OsFilesystem *filesystem)
{
    GPtrArray *mounts = filesystem->handle->mounts;
    const OsMount *best;

    g_ptr_array_sort(mounts, worse_place);
    best = g_ptr_array_index(mounts, 0);
    filesystem->mountpoint = g_utf8_make_valid(best->mountpoint, -1);
    filesystem->device = g_utf8_make_valid(best->source, -1);
}

GPtrArray *os_freeze_list(GError **error)
{
    g_autoptr(GPtrArray) table = os_mountinfo_read(error);
    g_autoptr(GPtrArray) filesystems = table ? collect(table) : NULL;

    if (!filesystems)
        return NULL;
    for (guint i = 0; i < filesystems->len; i++)
        show_best_place(g_ptr_array_index(filesystems, i));
    return os_freeze_order(filesystems);
}
