/* SPDX-License-Identifier: Apache-2.0 */
#include "os-freeze-private.h"
#include "os-utf16.h"
#include "os-volume.h"

static const char *obstacle(OsVolumeState state, const OsVolume *about)
{
    if (state == OS_VOLUME_SILENT)
        return "it does not answer";
    if (g_ascii_strcasecmp(about->type, "NTFS") != 0 &&
        g_ascii_strcasecmp(about->type, "ReFS") != 0)
        return "VSS supports NTFS and ReFS only";
    return about->read_only ? "read-only filesystem" : NULL;
}

/* A drive letter says most to people, then a folder. */
static char *best_place(const char *volume)
{
    g_autoptr(GPtrArray) paths = os_volume_paths(volume);
    return g_strdup(paths->len > 0 ? paths->pdata[0] : volume);
}

/* What has no filesystem that the system can read (not formatted, or locked) is left out: nothing
 * writes to it.  So are memory sticks: who pulls them out does not wait for a thaw.  One that does
 * not answer is not touched any more. */
static OsFilesystem *read_volume(const char *volume)
{
    g_autofree wchar_t *name = os_utf16(volume, NULL);
    g_auto(OsVolume) about = {0};
    OsVolumeState state = os_volume_ask(volume, &about);
    OsFilesystem *filesystem;

    if (!name || state == OS_VOLUME_NO_FILESYSTEM || (state == OS_VOLUME_MOUNTED && !about.fixed))
        return NULL;
    filesystem = g_new0(OsFilesystem, 1);
    filesystem->mountpoint = best_place(volume);
    filesystem->device = g_strdup(volume);
    filesystem->type = g_strdup(about.type ? about.type : "");
    filesystem->obstacle = g_strdup(obstacle(state, &about));
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
