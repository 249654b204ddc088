/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * Holding filesystems still: one at a time (Linux), or all of a freeze at once (Windows, where the
 * Volume Shadow Copy Service does it and asks applications to take part).  What is frozen, in which
 * order, for how long and what follows from a failure is decided by core/freeze.h.
 *
 * A filesystem is known by its superblock, not by a path: it is in the list once, however often it
 * is mounted, and also if all its mount points are hidden under others.
 */
typedef struct OsFrozen OsFrozen;

typedef struct {
    char *mountpoint;   /* where it is mounted, by preference whole and visible; for humans */
    char *device;       /* what it is on, as the mount table has it ("/dev/vda1") */
    char *type;         /* "ext4" */
    char *obstacle;     /* why it cannot be frozen ("network filesystem"); NULL: it may be tried */
    gboolean suspected; /* set by os_freeze_suspect(): it seems to be frozen now */
    OsFrozen *handle;   /* the back end's own; os_freeze_open() gives it what freezing needs */
} OsFilesystem;

/* For os_filesystem_free(): every back end has its own. */
void os_frozen_free(OsFrozen *handle);

void os_filesystem_free(OsFilesystem *filesystem);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OsFilesystem, os_filesystem_free)

/* All filesystems that are on storage of this system, in the order in which they are to be frozen:
 * one that stands on another (by a loop device, device mapper, md) before that one, else the last
 * mounted first.  Those that are known not to be freezable are there too, with their obstacle;
 * pseudo filesystems (proc, tmpfs, cgroup) are not.  Touches no storage: reads /proc and /sys only
 * (Linux), so it is safe while everything is frozen.  A GPtrArray of OsFilesystem *; the caller
 * unrefs it. */
GPtrArray *os_freeze_list(GError **error);

/* The one of @filesystems that @path, any form of a mount point of it, stands for: a trailing
 * slash, a bind mount, a symbolic link.  May block for ten seconds.  NULL and *error if there is
 * none: "'/x' is not a mount point", "'/x' is on a filesystem that cannot be frozen: ...", "failed
 * to find '/x': OS text". */
OsFilesystem *os_freeze_find(const GPtrArray *filesystems, const char *path, GError **error);

/* Opens what the calls below need, hidden filesystems included, so that no path is looked up while
 * anything is frozen.  May block.  Twice is once.  G_IO_ERROR_NOT_FOUND: it is not mounted any
 * more. */
gboolean os_freeze_open(OsFilesystem *filesystem, GError **error);

/* The reverse: what is open cannot be unmounted.  Does nothing if it is not open. */
void os_freeze_close(OsFilesystem *filesystem);

/*
 * Has the system begin to write out what is dirty, on all its storage, as it does by itself now and
 * then: programs are not held up by that, whereas a sync holds up those that write to what it waits
 * for.  Does not block.  FALSE: it cannot be asked.
 *
 * Linux: a change of vm.dirty_writeback_centisecs wakes the threads that write all out (mm/
 * page-writeback.c, dirty_writeback_centisecs_handler()); it is taken back at once.
 */
gboolean os_freeze_start_write_out(void);

/* How many bytes are dirty or being written, on all storage; 0: unknown. */
gint64 os_freeze_unwritten(void);

/* Writes out what is dirty; blocks until it is on the disk.  Opened ones only. */
gboolean os_freeze_sync(const OsFilesystem *filesystem, GError **error);

/* TRUE: one call freezes all filesystems of a freeze, and one thaws them.  FALSE: one each. */
gboolean os_freeze_is_joint(void);

/* Seconds that the system holds a freeze at most, before it ends it by itself; 0: any time. */
guint os_freeze_longest(void);

/* What applications that take part are told the freeze is for; a system without them has no use for
 * it.  Windows: VSS_BACKUP_TYPE. */
typedef enum {
    OS_BACKUP_DEFAULT, /* as the system is set up, else a copy */
    OS_BACKUP_COPY,    /* leaves their own records of what was backed up when alone */
    OS_BACKUP_FULL,
    OS_BACKUP_INCREMENTAL,
    OS_BACKUP_DIFFERENTIAL,
    OS_BACKUP_LOG,
} OsBackupType;

typedef struct {
    OsBackupType type;
    gboolean without_writers; /* applications are not asked: the state is that of a power cut */
    const gint *give_up;      /* atomic; not 0: the freeze is not wanted any more */
} OsFreezeOptions;

typedef enum {
    OS_FREEZE_FAILED,      /* *error is set: "failed to freeze '/x': OS text" (or thaw) */
    OS_FREEZE_DONE,        /* frozen by this call; or thawed by it */
    OS_FREEZE_UNSUPPORTED, /* this kind of filesystem cannot be frozen (FIFREEZE: EOPNOTSUPP) */
    OS_FREEZE_ALREADY,     /* frozen by somebody else before (EBUSY); or not frozen (EINVAL) */
    OS_FREEZE_BROKEN,      /* thaw: the system had ended the freeze by itself; nothing is frozen any
                            * more, and *error says so */
} OsFreezeOutcome;

/* From here on nobody can write to them, and what was written is on the disk.  @filesystems (of
 * OsFilesystem, opened) is one of them, or all if os_freeze_is_joint(); what becomes of them is the
 * same.  Writers stand still from the start of the call.  May block for as long as the disk takes
 * (a joint one looks at @options->give_up meanwhile).  Any thread; the same filesystem by one
 * thread at a time.  Linux: FIFREEZE.  Windows: at most a minute, and half a minute more if VSS
 * does not give up when told to. */
OsFreezeOutcome os_freeze_freeze(const GPtrArray *filesystems, const OsFreezeOptions *options,
                                 GError **error);

/* The reverse, whoever froze it, for the same @filesystems if joint; from any thread.  Looks
 * nothing up.  Linux: FITHAW. */
OsFreezeOutcome os_freeze_thaw(const GPtrArray *filesystems, GError **error);

/* How an application took part in the last freeze. */
typedef struct {
    char *name;    /* UTF-8: "SqlServerWriter" */
    char *id;      /* "{a65faa63-5ea8-4ebc-9dbd-a0c4db26912a}" */
    char *state;   /* "stable", "failed at freeze" */
    char *problem; /* why it failed; NULL: it did not */
} OsFreezeWriter;

/* Those that took part in the last joint freeze, as they are now; an empty array if there are none.
 * The caller owns the array of OsFreezeWriter.  Any thread; never blocks for long. */
GPtrArray *os_freeze_writers(void);
void os_freeze_writer_free(OsFreezeWriter *writer);

/*
 * Finds out which of @filesystems are frozen now, for an agent that does not know what its
 * predecessor left: sets their `suspected`.  Linux has no such query; a helper process per
 * filesystem tries a change that would change nothing (unlinkat() of a name that is not there: it
 * waits for the thaw before it looks), and one that has not come back after @milliseconds is taken
 * to be stuck; it goes away with the thaw.  The agent itself touches nothing.  TRUE if each could
 * be tried; a hidden one cannot.  To be called before any thread exists.
 */
gboolean os_freeze_suspect(GPtrArray *filesystems, guint milliseconds);

/* Takes `suspected` back from those whose helper has come back meanwhile: thawed, or but slow.
 * Never blocks; any thread, one at a time. */
void os_freeze_look_again(GPtrArray *filesystems);
