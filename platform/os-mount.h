/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-disk.h"

/* Filesystems on disks, as they are mounted. */

typedef struct {
    char *device;     /* without a directory: "vda1"; Windows: the name of the volume */
    char *mountpoint; /* in the encoding of the OS; Windows: a drive letter ("C:\") or folder */
    char *type;       /* "ext4", "NTFS" */
    GPtrArray *disks; /* of OsDiskAddress: the disks it is on in the end, each once; empty if that
                       * cannot be told, and for loop devices, which are on a file */
    gboolean main;    /* the mount that stands for its filesystem, which may have several */
    guint64 number;   /* of the filesystem: the same for all its mounts */
} OsMounted;

void os_mounted_free(OsMounted *mount);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OsMounted, os_mounted_free)

/* Every mount of a filesystem that is on disks, binds too, in the order of mounting; network and
 * pseudo filesystems (tmpfs, overlay) are not there, nor is ZFS, which does not tell its disks.
 * Does not touch the filesystems; may block as os_disk_list() does.  The caller owns the array of
 * OsMounted. */
GPtrArray *os_mount_list(GError **error);

/* Bytes. */
typedef struct {
    guint64 used;
    guint64 total;            /* for ordinary users: used, and free for them */
    guint64 total_privileged; /* with what is reserved for the administrator */
} OsMountUsage;

/* Asks the filesystem and waits at most @milliseconds; *took is how long it was, whatever came of
 * it.  FALSE if it cannot or does not tell, or if another is mounted over it.  One that has not
 * answered an earlier question is not asked again, and costs no time. */
gboolean os_mount_usage(const OsMounted *mount, guint milliseconds, guint *took,
                        OsMountUsage *usage);

/* Bytes. */
typedef struct {
    gboolean told; /* the system tells the following (Windows: it does not) */
    guint64 trimmed;
    guint64 minimum; /* the smallest free range that was looked at: as asked or more */
} OsTrim;

/* Tells the disk which blocks are unused, those in free ranges of @minimum bytes at least, and
 * waits at most @milliseconds; then it may still go on by itself.  G_IO_ERROR_NOT_SUPPORTED: the
 * filesystem or its disk cannot.  Otherwise the error is "failed to trim: OS text". */
gboolean os_mount_trim(const OsMounted *mount, guint64 minimum, guint milliseconds, OsTrim *trim,
                       GError **error);
