/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * The mount table, /proc/self/mountinfo (proc(5), Documentation/filesystems/proc.rst), in the order
 * of the kernel: what was mounted on something comes after it.  Strings are raw bytes with the
 * kernel's octal escapes undone.
 */
#define OS_MOUNTINFO_MAX (16u * 1024 * 1024) /* bytes of the table */

typedef struct {
    guint id;
    guint parent;       /* the id of the mount it is mounted on */
    guint major, minor; /* of the superblock: st_dev but for btrfs subvolumes */
    char *root;         /* which directory of the filesystem: "/" but for binds and subvolumes */
    char *mountpoint;
    char *type;      /* "ext4"; a subtype follows a dot: "fuse.sshfs" */
    char *source;    /* "/dev/vda1"; any word for filesystems that are not on a device */
    gboolean hidden; /* a later mount lies on its mount point or on a directory above */
} OsMount;

/* Of OsMount *.  Touches no storage.  Lines that cannot be understood are left out. */
GPtrArray *os_mountinfo_read(GError **error);

/* The same of a text; for tests and fuzzing. */
GPtrArray *os_mountinfo_parse(const char *text);

/* TRUE if filesystems of @type are kept on block devices: it has no "nodev" in /proc/filesystems.
 * @known: what os_filesystem_types() returned. */
GHashTable *os_filesystem_types(void);
gboolean os_filesystem_is_on_device(GHashTable *known, const char *type);
