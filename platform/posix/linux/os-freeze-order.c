/* SPDX-License-Identifier: Apache-2.0 */
#include "os-block.h"
#include "os-freeze-private.h"
#include "os-mountinfo-hidden.h"

#include <string.h>

/* A filesystem on a loop device writes to a file of another one while it is being frozen; with that
 * one frozen before, it would wait for ever. */

typedef struct {
    OsFilesystem *filesystem;
    GPtrArray *users; /* of Node: what stands on it, in the order of mounting */
    gboolean placed;
} Node;

static void node_free(Node *node)
{
    if (!node)
        return;
    os_filesystem_free(node->filesystem);
    g_ptr_array_unref(node->users);
    g_free(node);
}

static GPtrArray *nodes_of(GPtrArray *filesystems)
{
    GPtrArray *nodes = g_ptr_array_new_with_free_func((GDestroyNotify)node_free);
    gsize n;
    g_autofree gpointer *taken = g_ptr_array_steal(filesystems, &n);

    for (gsize i = 0; i < n; i++) {
        Node *node = g_new0(Node, 1);
        node->filesystem = taken[i];
        node->users = g_ptr_array_new();
        g_ptr_array_add(nodes, node);
    }
    return nodes;
}

/* The visible mount that @path leads into; by its words, as the file is not to be touched. */
static const OsMount *find_mount(const GPtrArray *table, const char *path)
{
    const OsMount *found = NULL;

    for (guint i = 0; i < table->len; i++) {
        const OsMount *mount = g_ptr_array_index(table, i);
        if (!mount->hidden && os_mountinfo_is_within(path, mount->mountpoint) &&
            (!found || strlen(mount->mountpoint) > strlen(found->mountpoint)))
            found = mount;
    }
    return found;
}

static void add_user(GPtrArray *nodes, const char *file, Node *user)
{
    const OsMount *mount = find_mount(user->filesystem->handle->table, file);

    for (guint i = 0; mount && i < nodes->len; i++) {
        Node *node = g_ptr_array_index(nodes, i);
        const OsFrozen *frozen = node->filesystem->handle;
        if (frozen->major == mount->major && frozen->minor == mount->minor)
            g_ptr_array_add(node->users, user);
    }
}

/* The file or device that a loop device is on.  A file keeps its filesystem when it has lost its
 * name. */
static char *under_loop(const char *name)
{
    char *path = os_block_attribute(name, "loop/backing_file");
    if (path && g_str_has_suffix(path, " (deleted)"))
        path[strlen(path) - strlen(" (deleted)")] = '\0';
    return path;
}

/* Goes down from the device @name to all files under it.  @seen: names that were met already, as
 * nothing is sure to keep devices from going round in a circle. */
static void follow(GPtrArray *nodes, const char *name, Node *user, GHashTable *seen)
{
    g_autofree char *path = NULL, *device = NULL;
    g_autoptr(GPtrArray) members = NULL;

    if (!g_hash_table_add(seen, g_strdup(name)))
        return;
    path = under_loop(name);
    device = path ? os_block_find(path) : NULL;
    if (device)
        follow(nodes, device, user, seen);
    else if (path)
        add_user(nodes, path, user);
    members = os_block_members(name);
    for (guint i = 0; i < members->len; i++)
        follow(nodes, g_ptr_array_index(members, i), user, seen);
}

static void find_what_is_under(GPtrArray *nodes, Node *user)
{
    const OsFrozen *frozen = user->filesystem->handle;
    const OsMount *mount = g_ptr_array_index(frozen->mounts, 0);
    g_autoptr(GPtrArray) devices =
        os_block_of_mount(frozen->major, frozen->minor, mount->type, mount->source);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < devices->len; i++)
        follow(nodes, g_ptr_array_index(devices, i), user, seen);
}

/* After all that stand on it.  Of filesystems that stand on each other one has to be the first. */
static void place(Node *node, GPtrArray *ordered)
{
    if (node->placed)
        return;
    node->placed = TRUE;
    for (guint i = node->users->len; i > 0; i--)
        place(g_ptr_array_index(node->users, i - 1), ordered);
    g_ptr_array_add(ordered, g_steal_pointer(&node->filesystem));
}

GPtrArray *os_freeze_order(GPtrArray *filesystems)
{
    GPtrArray *ordered = g_ptr_array_new_with_free_func((GDestroyNotify)os_filesystem_free);
    g_autoptr(GPtrArray) nodes = nodes_of(filesystems);

    for (guint i = 0; i < nodes->len; i++)
        find_what_is_under(nodes, g_ptr_array_index(nodes, i));
    for (guint i = nodes->len; i > 0; i--)
        place(g_ptr_array_index(nodes, i - 1), ordered);
    return ordered;
}
