/* SPDX-License-Identifier: Apache-2.0 */
#include "os-freeze-private.h"
#include "os-utf16.h"
#include "os-volume.h"

/* RAM disks are left out by os_volume_ask(), floppies and memory sticks here: who pulls them out
 * does not wait for a thaw. */
static gboolean is_fixed(const char *place)
{
    g_autofree wchar_t *path = os_utf16(place, NULL);
    return path && GetDriveTypeW(path) == DRIVE_FIXED;
}

static gboolean is_read_only(const wchar_t *volume)
{
    DWORD flags = 0;
    return GetVolumeInformationW(volume, NULL, 0, NULL, NULL, &flags, NULL, 0) &&
           (flags & FILE_READ_ONLY_VOLUME);
}

static const char *obstacle(OsVolumeState state, const char *type, const wchar_t *volume)
{
    if (state == OS_VOLUME_SILENT)
        return "it does not answer";
    if (g_ascii_strcasecmp(type, "NTFS") != 0 && g_ascii_strcasecmp(type, "ReFS") != 0)
        return "VSS supports NTFS and ReFS only";
    return is_read_only(volume) ? "read-only filesystem" : NULL;
}

/* A drive letter says most to people, then a folder. */
static char *best_place(const char *volume)
{
    g_autoptr(GPtrArray) paths = os_volume_paths(volume);
    return g_strdup(paths->len > 0 ? paths->pdata[0] : volume);
}

/* What has no filesystem that the system can read (not formatted, or locked) is left out: nothing
 * writes to it. */
static OsFilesystem *read_volume(const char *volume)
{
    g_autofree wchar_t *name = os_utf16(volume, NULL);
    g_autofree char *place = best_place(volume);
    g_auto(OsVolume) about = {0};
    OsVolumeState state;
    OsFilesystem *filesystem;

    if (!name || !is_fixed(place))
        return NULL;
    state = os_volume_ask(volume, &about);
    if (state == OS_VOLUME_NO_FILESYSTEM)
        return NULL;
    filesystem = g_new0(OsFilesystem, 1);
    filesystem->mountpoint = g_steal_pointer(&place);
    filesystem->device = g_strdup(volume);
    filesystem->type = g_strdup(about.type ? about.type : "");
    filesystem->obstacle = g_strdup(obstacle(state, about.type, name));
    filesystem->handle = g_new0(OsFrozen, 1);
    filesystem->handle->volume = g_steal_pointer(&name);
    return filesystem;
}

GPtrArray *os_freeze_list(GError **error)
{
    g_autoptr(GPtrArray) volumes = os_volume_list(error);
    g_autoptr(GPtrArray) filesystems =
        g_ptr_array_new_with_free_func((GDestroyNotify)os_filesystem_free);

    if (!volumes)
        return NULL;
    for (guint i = 0; i < volumes->len; i++) {
        OsFilesystem *filesystem = read_volume(volumes->pdata[i]);
        if (filesystem)
            g_ptr_array_add(filesystems, filesystem);
    }
    return g_steal_pointer(&filesystems);
}
