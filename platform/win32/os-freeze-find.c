/* SPDX-License-Identifier: Apache-2.0 */
#include "os-error.h"
#include "os-freeze-private.h"
#include "os-utf16.h"
#include "os-volume.h"

/* Units; what a path can have at most. */
#define PATH_LENGTH_MAX 32767u

/* @path with backslashes, and one at the end: how Windows wants mount points. */
static char *tidy(const char *path)
{
    g_autofree char *tidied = g_strdup(path);

    g_strdelimit(tidied, "/", '\\');
    if (g_str_has_suffix(tidied, "\\"))
        return g_steal_pointer(&tidied);
    return g_strconcat(tidied, "\\", NULL);
}

/* "C:\..." or "\\?\Volume{...}\": "C:x" and "\x" depend on where the process is, and a network path
 * would be looked up. */
static gboolean is_absolute(const char *path)
{
    return (g_ascii_isalpha(path[0]) && path[1] == ':' && path[2] == '\\') ||
           g_ascii_strncasecmp(path, "\\\\?\\Volume{", 11) == 0;
}

static OsFilesystem *with_volume(const GPtrArray *filesystems, const wchar_t *volume)
{
    for (guint i = 0; i < filesystems->len; i++) {
        OsFilesystem *one = filesystems->pdata[i];
        if (_wcsicmp(one->handle->volume, volume) == 0)
            return one;
    }
    return NULL;
}

static gpointer refuse(GError **error, GIOErrorEnum code, const char *path, const char *why)
{
    g_set_error(error, G_IO_ERROR, code, "failed to add %s to snapshot set: %s", path, why);
    return NULL;
}

/* What the mount manager says of anything that is not the root of a volume. */
static gpointer refuse_no_mount_point(GError **error, const char *path)
{
    static const DWORD not_there[] = {
        ERROR_FILE_NOT_FOUND,      ERROR_PATH_NOT_FOUND,    ERROR_INVALID_NAME,
        ERROR_NOT_A_REPARSE_POINT, ERROR_INVALID_PARAMETER,
    };
    DWORD code = GetLastError();

    for (gsize i = 0; i < G_N_ELEMENTS(not_there); i++)
        if (code == not_there[i])
            return refuse(error, G_IO_ERROR_NOT_FOUND, path, "it is not a mount point");
    os_error_code(error, (int)code, "failed to add %s to snapshot set", path);
    return NULL;
}

/* The volume with its root at @path; a volume's own name stands for itself. */
static wchar_t *volume_at(const char *path, GError **error)
{
    g_autofree wchar_t *wide = os_utf16(path, error);
    wchar_t volume[OS_VOLUME_NAME_MAX];

    if (!wide)
        return NULL;
    if (wcslen(wide) > PATH_LENGTH_MAX)
        return refuse(error, G_IO_ERROR_FILENAME_TOO_LONG, path, "it is too long");
    if (*wide == L'\\')
        return g_steal_pointer(&wide);
    if (!GetVolumeNameForVolumeMountPointW(wide, volume, G_N_ELEMENTS(volume)))
        return refuse_no_mount_point(error, path);
    return g_memdup2(volume, (wcslen(volume) + 1) * sizeof *volume);
}

OsFilesystem *os_freeze_find(const GPtrArray *filesystems, const char *path, GError **error)
{
    g_autofree char *form = tidy(path);
    g_autofree wchar_t *volume = NULL;
    OsFilesystem *found;

    if (!is_absolute(form))
        return refuse(error, G_IO_ERROR_INVALID_ARGUMENT, path, "it is not an absolute path");
    volume = volume_at(form, error);
    if (!volume)
        return NULL;
    found = with_volume(filesystems, volume);
    if (!found)
        return refuse(error, G_IO_ERROR_NOT_SUPPORTED, form, "it is not on a fixed disk");
    if (found->obstacle)
        return refuse(error, G_IO_ERROR_NOT_SUPPORTED, form, found->obstacle);
    return found;
}
