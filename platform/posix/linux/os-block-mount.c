/* SPDX-License-Identifier: Apache-2.0 */
#include "os-block.h"

#include <string.h>

/* Filesystems on several devices have a superblock with a number of its own, 0:N. */

#define BTRFS "/sys/fs/btrfs" /* UUID/devices/NAME (Linux 3.14) */

static GPtrArray *names_new(void)
{
    return g_ptr_array_new_with_free_func(g_free);
}

static GPtrArray *just(char *name)
{
    GPtrArray *names = names_new();
    if (name)
        g_ptr_array_add(names, name);
    return names;
}

static GPtrArray *on_btrfs(const char *source)
{
    g_autofree char *name = os_block_find(source);
    g_autoptr(GPtrArray) uuids = os_block_entries(BTRFS);

    for (guint i = 0; name && i < uuids->len; i++) {
        g_autofree char *devices =
            g_strconcat(BTRFS "/", (char *)g_ptr_array_index(uuids, i), "/devices", NULL);
        g_autoptr(GPtrArray) names = os_block_entries(devices);
        if (g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
            return g_steal_pointer(&names);
    }
    return just(g_steal_pointer(&name));
}

/* The source has all of them: "/dev/vdb:/dev/vdc". */
static GPtrArray *on_bcachefs(const char *source)
{
    g_auto(GStrv) paths = g_strsplit(source, ":", 0);
    GPtrArray *names = names_new();

    for (char **path = paths; *path; path++) {
        char *name = os_block_find(*path);
        if (name)
            g_ptr_array_add(names, name);
    }
    return names;
}

/* Of the others nothing is believed: any user with a namespace may call a tmpfs "/dev/vda". */
GPtrArray *os_block_of_mount(guint major, guint minor, const char *type, const char *source)
{
    char *name = os_block_name(major, minor);

    if (name)
        return just(name);
    if (strcmp(type, "btrfs") == 0)
        return on_btrfs(source);
    if (strcmp(type, "bcachefs") == 0)
        return on_bcachefs(source);
    return names_new();
}
