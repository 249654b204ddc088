/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-storage.h"

/* Volumes, known by the names "\\?\Volume{GUID}\" that the mount manager gives them. */

#define OS_VOLUME_NAME_MAX 64u /* units, with the NUL; MSDN, "FindFirstVolumeW": 50 */

/* A search by FindFirstVolumeW(). */
typedef HANDLE OsVolumeSearch;
static inline void os_volume_search_close(HANDLE search)
{
    if (os_handle_is_valid(search))
        FindVolumeClose(search);
}
G_DEFINE_AUTO_CLEANUP_FREE_FUNC(OsVolumeSearch, os_volume_search_close, NULL)

/* The names (char *) of all volumes, also of those that are mounted nowhere. */
GPtrArray *os_volume_list(GError **error);

/* Where it is mounted (char *), a drive letter before folders; empty: nowhere. */
GPtrArray *os_volume_paths(const char *volume);

/* The path by which its device is opened: without the last backslash.  Free with g_free(). */
wchar_t *os_volume_device(const char *volume);

typedef enum {
    OS_VOLUME_MOUNTED,
    OS_VOLUME_NO_FILESYSTEM, /* none that Windows knows, none without a password, no medium */
    OS_VOLUME_SILENT,        /* it does not answer */
} OsVolumeState;

typedef struct {
    char *type;     /* "NTFS" */
    GArray *disks;  /* numbers (guint32) of the disks that it is on, each once */
    gint64 optical; /* number of the optical drive that it is in; -1: none */
    gboolean fixed; /* nobody takes it out while the system runs */
    gboolean read_only;
} OsVolume;

void os_volume_clear(OsVolume *volume);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OsVolume, os_volume_clear)

/* Asks it and waits OS_STORAGE_PATIENCE at most.  *about is set if it is mounted. */
OsVolumeState os_volume_ask(const char *volume, OsVolume *about);

/* The disks of a VOLUME_DISK_EXTENTS, of which @size bytes came, each once, in its order. */
GArray *os_volume_disks(const void *extents, gsize size);
