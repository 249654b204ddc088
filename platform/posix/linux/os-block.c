/* SPDX-License-Identifier: Apache-2.0 */
#include "os-block.h"
#include "os-read.h"
#include "os-root.h"

#include <stdlib.h>
#include <string.h>

/* /sys/class/block has every device, partitions too, as links into /sys/devices
 * (Documentation/ABI/stable/sysfs-block, Documentation/admin-guide/sysfs-rules.rst). */
#define CLASS         "/sys/class/block"
#define ATTRIBUTE_MAX (2u * 4096) /* bytes: the kernel shows a page at most */

static char *in_sys(const char *name, const char *entry)
{
    g_autofree char *path = g_strconcat(CLASS "/", name, entry ? "/" : NULL, entry, NULL);
    return os_root(path);
}

/* A name goes into paths, and may come from the mount table. */
static gboolean is_device(const char *name)
{
    g_autofree char *path = in_sys(name, NULL);
    return *name && *name != '.' && !strchr(name, '/') && g_file_test(path, G_FILE_TEST_IS_DIR);
}

int os_block_compare(gconstpointer a, gconstpointer b)
{
    return strverscmp(*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *os_block_entries(const char *directory)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *in_root = os_root(directory);
    g_autoptr(GDir) dir = g_dir_open(in_root, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_ptr_array_add(names, g_strdup(name));
    }
    g_ptr_array_sort(names, os_block_compare);
    return names;
}

char *os_block_name(guint major, guint minor)
{
    g_autofree char *path = g_strdup_printf("/sys/dev/block/%u:%u", major, minor);
    g_autofree char *in_root = os_root(path);
    g_autofree char *target = g_file_read_link(in_root, NULL);
    return target ? g_path_get_basename(target) : NULL;
}

char *os_block_path(const char *name)
{
    return g_strdelimit(g_strconcat("/dev/", name, NULL), "!", '/');
}

GPtrArray *os_block_list(void)
{
    return os_block_entries(CLASS);
}

char *os_block_attribute(const char *name, const char *attribute)
{
    g_autofree char *path = in_sys(name, attribute);
    gsize length;
    g_autofree char *text = os_read(path, ATTRIBUTE_MAX, &length, NULL);

    if (text && length > 0 && text[length - 1] == '\n')
        text[length - 1] = '\0';
    return g_steal_pointer(&text);
}

/* Device mapper names its devices in /dev/mapper; they need not be links to /dev/dm-N. */
static char *mapped(const char *dm_name)
{
    g_autoptr(GPtrArray) names = os_block_list();

    for (guint i = 0; i < names->len; i++) {
        g_autofree char *found = os_block_attribute(g_ptr_array_index(names, i), "dm/name");
        if (g_strcmp0(found, dm_name) == 0)
            return g_steal_pointer(&g_ptr_array_index(names, i));
    }
    return NULL;
}

/* What a name in /dev is, links followed; without the "/dev/". */
static char *below_dev(const char *path)
{
    g_autofree char *dev = os_root("/dev/");
    g_autofree char *named = os_root(path);
    char *real = g_str_has_prefix(path, "/dev/") ? realpath(named, NULL) : NULL;
    const char *which = real ? real : named;
    char *rest = g_str_has_prefix(which, dev) ? g_strdup(which + strlen(dev)) : NULL;

    free(real);
    return rest;
}

char *os_block_find(const char *path)
{
    g_autofree char *rest = below_dev(path);
    g_autofree char *name = rest ? g_strdelimit(g_strdup(rest), "/", '!') : NULL;

    if (name && is_device(name))
        return g_steal_pointer(&name);
    return rest && g_str_has_prefix(rest, "mapper/") ? mapped(rest + strlen("mapper/")) : NULL;
}

/* A partition's directory is in that of its disk. */
static void add_disk_of_partition(GPtrArray *members, const char *name)
{
    g_autofree char *mark = in_sys(name, "partition");
    g_autofree char *link = in_sys(name, NULL);
    g_autofree char *target = g_file_read_link(link, NULL);
    g_autofree char *above = target ? g_path_get_dirname(target) : NULL;

    if (above && g_file_test(mark, G_FILE_TEST_EXISTS))
        g_ptr_array_add(members, g_path_get_basename(above));
}

/* The paths of the head nvmeSnN are hidden disks: nvmeScCnN for controller C. */
static void add_nvme_paths(GPtrArray *members, const char *name)
{
    const char *namespace = strchr(name, 'n') ? strchr(name + 1, 'n') : NULL;
    g_autofree char *prefix = namespace ? g_strndup(name, (gsize)(namespace - name)) : NULL;
    g_autoptr(GPtrArray) all = NULL;

    if (!g_str_has_prefix(name, "nvme") || !namespace)
        return;
    all = os_block_list();
    for (guint i = 0; i < all->len; i++) {
        char *path = g_ptr_array_index(all, i);
        if (g_str_has_prefix(path, prefix) && path[strlen(prefix)] == 'c' &&
            g_strcmp0(strchr(path + strlen(prefix), 'n'), namespace) == 0)
            g_ptr_array_add(members, g_strdup(path));
    }
}

GPtrArray *os_block_members(const char *name)
{
    g_autofree char *slaves = g_strconcat(CLASS "/", name, "/slaves", NULL);
    GPtrArray *members = os_block_entries(slaves);

    add_disk_of_partition(members, name);
    if (members->len == 0)
        add_nvme_paths(members, name);
    return members;
}

/* The kernel says so behind the path of a file without a name. */
char *os_block_backing_file(const char *name)
{
    g_autofree char *file = os_block_attribute(name, "loop/backing_file");
    return file && *file && !g_str_has_suffix(file, " (deleted)") ? g_steal_pointer(&file) : NULL;
}
