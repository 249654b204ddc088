/* SPDX-License-Identifier: Apache-2.0 */
#include "os-mountinfo-hidden.h"

#include <string.h>

/* The table shows a tree: a mount lies in its parent, at a place of it.  Looking up a path, the
 * kernel changes over to what is mounted at each directory that it comes to, so a mount is out of
 * reach if its parent is, or if something else lies in its parent at a directory above (whenever
 * that was mounted); and it is covered if something lies at its own root.
 *
 * Only the walk's start is different.  The topmost mount listed is the one with our own root
 * directory, as the kernel leaves out what is not below that (show_mountinfo()); and a walk begins
 * in that directory itself, not in what may be mounted on it. */

#define NO_PARENT G_MAXUINT /* of the topmost; an id of the kernel is an int */

/* A directory of a mount. */
typedef struct {
    guint mount;
    guint hash; /* of the path */
    gsize length;
    const char *path;
} Place;

typedef struct {
    GHashTable *by_id;    /* of OsMount * */
    GHashTable *by_place; /* of OsMount *, the last one if there are several */
    GHashTable *children; /* by the id of the parent: GPtrArray of OsMount * */
} Tree;

static void tree_clear(Tree *tree)
{
    g_hash_table_unref(tree->by_id);
    g_hash_table_unref(tree->by_place);
    g_hash_table_unref(tree->children);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Tree, tree_clear)

static guint place_hash(gconstpointer key)
{
    const Place *place = key;
    return place->hash ^ (place->mount * 2654435761u);
}

static gboolean place_equal(gconstpointer a, gconstpointer b)
{
    const Place *left = a, *right = b;
    return left->mount == right->mount && left->hash == right->hash &&
           left->length == right->length && memcmp(left->path, right->path, left->length) == 0;
}

/* Goes on to the next directory down the path; so all of them are hashed in one pass. */
static gboolean place_down(Place *place)
{
    const char *path = place->path;
    gsize i = place->length;

    if (!path[i])
        return FALSE;
    do
        place->hash = place->hash * 33 + (guchar)path[i++];
    while (i > 1 && path[i] && path[i] != '/');
    place->length = i;
    return TRUE;
}

gboolean os_mountinfo_is_within(const char *path, const char *directory)
{
    gsize length = strlen(directory);
    if (length == 1)
        return TRUE;
    return strncmp(path, directory, length) == 0 && (path[length] == '/' || !path[length]);
}

static const OsMount *parent_of(const Tree *tree, const OsMount *mount)
{
    return mount->parent == mount->id
               ? NULL
               : g_hash_table_lookup(tree->by_id, GUINT_TO_POINTER(mount->parent));
}

static guint parent_id(const Tree *tree, const OsMount *mount)
{
    const OsMount *parent = parent_of(tree, mount);
    return parent ? parent->id : NO_PARENT;
}

static gboolean is_on_root(const Tree *tree, const OsMount *mount)
{
    return parent_of(tree, mount) && g_str_equal(mount->mountpoint, "/");
}

static void tree_add(Tree *tree, OsMount *mount)
{
    Place place = {.mount = parent_id(tree, mount), .path = mount->mountpoint};
    gpointer parent = GUINT_TO_POINTER(place.mount);
    GPtrArray *siblings = g_hash_table_lookup(tree->children, parent);

    if (!siblings) {
        siblings = g_ptr_array_new();
        g_hash_table_insert(tree->children, parent, siblings);
    }
    g_ptr_array_add(siblings, mount);
    if (is_on_root(tree, mount))
        return;
    while (place_down(&place))
        continue;
    g_hash_table_insert(tree->by_place, g_memdup2(&place, sizeof place), mount);
}

static Tree tree_of(const GPtrArray *mounts)
{
    Tree tree = {
        .by_id = g_hash_table_new(NULL, NULL),
        .by_place = g_hash_table_new_full(place_hash, place_equal, g_free, NULL),
        .children =
            g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)(void *)g_ptr_array_unref),
    };
    for (guint i = 0; i < mounts->len; i++) {
        OsMount *mount = g_ptr_array_index(mounts, i);
        g_hash_table_insert(tree.by_id, GUINT_TO_POINTER(mount->id), mount);
    }
    for (guint i = 0; i < mounts->len; i++)
        tree_add(&tree, g_ptr_array_index(mounts, i));
    return tree;
}

/* Whether the way from the parent's root to @mount leads into another mount. */
static gboolean is_cut_off(const Tree *tree, const OsMount *mount)
{
    const OsMount *parent = parent_of(tree, mount);
    Place place = {.mount = parent_id(tree, mount), .path = mount->mountpoint};

    if (is_on_root(tree, mount) ||
        (parent && !os_mountinfo_is_within(mount->mountpoint, parent->mountpoint)))
        return TRUE;
    while (place_down(&place)) {
        const OsMount *found = g_hash_table_lookup(tree->by_place, &place);
        if (found && found != mount)
            return TRUE;
    }
    return FALSE;
}

static gboolean is_covered(const Tree *tree, const OsMount *mount)
{
    Place place = {.mount = mount->id, .path = mount->mountpoint};
    while (place_down(&place))
        continue;
    return g_hash_table_contains(tree->by_place, &place);
}

static void reach_children(const Tree *tree, guint id, GPtrArray *reached)
{
    const GPtrArray *children = g_hash_table_lookup(tree->children, GUINT_TO_POINTER(id));
    for (guint i = 0; children && i < children->len; i++) {
        OsMount *child = g_ptr_array_index(children, i);
        if (!is_cut_off(tree, child)) {
            child->hidden = is_covered(tree, child);
            g_ptr_array_add(reached, child);
        }
    }
}

/* From the root downwards, without recursion: mounts can be stacked by the ten thousands. */
void os_mountinfo_hidden_mark(const GPtrArray *mounts)
{
    g_auto(Tree) tree = tree_of(mounts);
    g_autoptr(GPtrArray) reached = g_ptr_array_new();

    for (guint i = 0; i < mounts->len; i++)
        ((OsMount *)g_ptr_array_index(mounts, i))->hidden = TRUE;
    reach_children(&tree, NO_PARENT, reached);
    for (guint i = 0; i < reached->len; i++)
        reach_children(&tree, ((OsMount *)g_ptr_array_index(reached, i))->id, reached);
}
