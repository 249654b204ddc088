/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-freeze.h"
#include "os-mountinfo.h"

/* What the parts of this back end share. */
struct OsFrozen {
    guint major, minor; /* of the superblock, as in the mount table */
    GPtrArray *table;   /* of OsMount: the whole table, which all of one list have together */
    GPtrArray
        *mounts; /* of OsMount, the table's: where this one is mounted, the best place first */
    int fd;      /* of its root, or what else of it could be opened; -1 before */
    int ear;     /* where the helper of a suspected one is heard from; -1: there is none */
};

/* Filesystems (OsFilesystem, in the order in which they were first mounted) in the order in which
 * they are to be frozen: a new array, into which they are moved. */
GPtrArray *os_freeze_order(GPtrArray *filesystems);

/* Opens @mount to read; -1 and errno: ESTALE if something else is found at its mount point by now,
 * ENOTDIR if it is not a directory nor a plain file, which may do anything when opened. */
int os_freeze_open_mount(const OsMount *mount);

/* The first of the visible mounts of @filesystem that can be opened, or -1 and errno, ESTALE if
 * there is none. */
int os_freeze_open_visible(const OsFilesystem *filesystem);

/* One that is hidden.  -1 and *error. */
int os_freeze_open_hidden(const OsFilesystem *filesystem, GError **error);
