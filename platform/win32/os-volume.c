/* SPDX-License-Identifier: Apache-2.0 */
#include "os-volume.h"
#include "os-error.h"
#include "os-utf16.h"

#include <string.h>

#define VOLUMES_MAX 4096u
#define PATHS_MAX   65536u /* units of all paths of one volume */

GPtrArray *os_volume_list(GError **error)
{
    wchar_t name[OS_VOLUME_NAME_MAX];
    g_auto(OsVolumeSearch) search = FindFirstVolumeW(name, G_N_ELEMENTS(name));
    g_autoptr(GPtrArray) names = NULL;

    if (!os_handle_is_valid(search))
        return os_error_null(error, "failed to list the volumes");
    names = g_ptr_array_new_with_free_func(g_free);
    do
        g_ptr_array_add(names, os_utf8(name));
    while (names->len < VOLUMES_MAX && FindNextVolumeW(search, name, G_N_ELEMENTS(name)));
    return g_steal_pointer(&names);
}

static gint letters_first(gconstpointer a, gconstpointer b)
{
    const char *left = *(char *const *)a, *right = *(char *const *)b;
    gboolean left_letter = strlen(left) == 3, right_letter = strlen(right) == 3;

    return left_letter == right_letter ? strcmp(left, right) : (left_letter ? -1 : 1);
}

static GPtrArray *split(const wchar_t *paths)
{
    GPtrArray *list = g_ptr_array_new_with_free_func(g_free);

    for (; *paths; paths += wcslen(paths) + 1)
        g_ptr_array_add(list, os_utf8(paths));
    g_ptr_array_sort(list, letters_first);
    return list;
}

/* The mount manager answers this: the volume itself is not touched.  The list may grow between two
 * calls; then it is asked for once more. */
GPtrArray *os_volume_paths(const char *volume)
{
    g_autofree wchar_t *name = os_utf16(volume, NULL);
    DWORD size = MAX_PATH;

    for (guint attempt = 0; name && attempt < 4 && size <= PATHS_MAX; attempt++) {
        g_autofree wchar_t *paths = g_new0(wchar_t, size + 2);
        if (GetVolumePathNamesForVolumeNameW(name, paths, size, &size))
            return split(paths);
        if (GetLastError() != ERROR_MORE_DATA)
            break;
    }
    return g_ptr_array_new_with_free_func(g_free);
}

wchar_t *os_volume_device(const char *volume)
{
    g_autofree char *device = g_strdup(volume);
    gsize length = strlen(device);

    if (length > 0 && device[length - 1] == '\\')
        device[length - 1] = '\0';
    return os_utf16(device, NULL);
}

GArray *os_volume_disks(const void *extents, gsize size)
{
    const gsize head = G_STRUCT_OFFSET(VOLUME_DISK_EXTENTS, Extents);
    GArray *disks = g_array_new(FALSE, FALSE, sizeof(guint32));
    DWORD told = 0;

    if (size >= sizeof told)
        memcpy(&told, extents, sizeof told);
    for (gsize i = 0; i < told && size >= head + (i + 1) * sizeof(DISK_EXTENT); i++) {
        DISK_EXTENT extent;
        gboolean known = FALSE;
        memcpy(&extent, (const guint8 *)extents + head + i * sizeof extent, sizeof extent);
        for (guint j = 0; j < disks->len; j++)
            known |= g_array_index(disks, guint32, j) == extent.DiskNumber;
        if (!known)
            g_array_append_val(disks, extent.DiskNumber);
    }
    return disks;
}
