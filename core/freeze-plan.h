/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-freeze.h"

/*
 * Which filesystems a freeze is about, in the order of freezing, and what becomes of each.  The
 * plan is counted: a thread that is stuck with one of the filesystems keeps it.
 */
typedef enum {
    VA_FREEZE_PLANNED,  /* nothing has been done yet */
    VA_FREEZE_FREEZING, /* the system has not answered yet */
    VA_FREEZE_FROZEN,
    VA_FREEZE_THAWING,
    VA_FREEZE_THAWED,
    VA_FREEZE_SKIPPED, /* not frozen, for .reason */
    VA_FREEZE_FAILED,  /* likewise */
} VaFreezeState;

typedef struct {
    OsFilesystem *filesystem; /* the plan's */
    VaFreezeState state;
    char *reason;        /* why it was skipped or failed, or what is odd; NULL: nothing */
    char *problem;       /* it could not be opened, or not be written out; NULL: it could */
    gboolean gone;       /* it turned out not to be mounted any more when it was to be opened */
    gint preparing;      /* atomic: a worker has not come back from it */
    gint64 write_out_ms; /* milliseconds; -1: was not done */
    gint64 freeze_ms;
    gint64 thaw_ms;
} VaFreezeItem;

typedef struct {
    GPtrArray *filesystems; /* of OsFilesystem */
    GPtrArray *items;       /* of VaFreezeItem, in the order of freezing */
    gint references;
} VaFreezePlan;

/* All filesystems of the system but those mounted at @skip; if @paths is not NULL, only those that
 * have a mount point in it, and each of @paths must be one.  Both are arrays of char *; @skip may
 * be NULL.  May block. */
VaFreezePlan *va_freeze_plan_new(const GPtrArray *paths, const GPtrArray *skip, GError **error);

/* A plan about all @filesystems, which it takes over. */
VaFreezePlan *va_freeze_plan_of(GPtrArray *filesystems);

VaFreezePlan *va_freeze_plan_ref(VaFreezePlan *plan);
void va_freeze_plan_unref(VaFreezePlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VaFreezePlan, va_freeze_plan_unref)

/* Replaces what stood there; takes @reason, which may be NULL. */
void va_freeze_item_set(VaFreezeItem *item, VaFreezeState state, char *reason);

/* How many items are in one of the states from @first to @last. */
guint va_freeze_plan_count(const VaFreezePlan *plan, VaFreezeState first, VaFreezeState last);

typedef enum { VA_PREPARE_OPEN, VA_PREPARE_WRITE_OUT } VaPrepare;

/* Opens the items that are in @state and, with WRITE_OUT, writes out what is dirty until little is
 * left; side by side, and in at most @seconds (0: any), as one of them may never answer.  @give_up
 * is looked at now and then: not 0 ends it.  Sets their .problem, which is an error too if it kept
 * one from being opened (but for one that is gone), or if the time was over: "failed to open '/x':
 * ...", "'/x' does not answer", "'/x' was not written out in time"; the first of
 * them. */
gboolean va_freeze_plan_prepare(VaFreezePlan *plan, VaFreezeState state, VaPrepare what,
                                guint seconds, const gint *give_up, GError **error);

/* Closes what was opened, so that it can be unmounted; once nobody freezes or thaws any of it. */
void va_freeze_plan_close(VaFreezePlan *plan);
