/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "config.h"
#include "freeze-plan.h"
#include "hooks.h"
#include "log.h"
#include "state.h"

/*
 * Holding the guest still: the one place that knows what is frozen, and that sees to it that it
 * does not stay so.
 *
 * A freeze ends when the host asks for it, when its time limit is over, or when the agent is told
 * to end; a host that disconnects does not end it.  While anything is frozen nothing is logged, the
 * agent's memory is kept resident, and a marker in the state directory tells a successor.  That one
 * finds filesystems frozen by its predecessor even without the marker, and thaws them when asked,
 * or when the time is over.
 *
 * Commands work on it one at a time (they are marked in-order) on a lane; the watchdog's thread
 * steps in between.  A filesystem that is stuck in the kernel halfway is the one thing nobody can
 * end; the others are thawed, and it is itself as soon as the kernel is through with it.
 */
typedef struct VaFreeze VaFreeze;

typedef enum {
    VA_FREEZE_BY_THAW,    /* asked for */
    VA_FREEZE_BY_LIMIT,   /* its time was over */
    VA_FREEZE_BY_STOP,    /* the agent was told to end */
    VA_FREEZE_BY_FAILURE, /* it did not come about; or somebody else thawed all */
} VaFreezeEnd;

/* Something has changed that va_freeze_gates() or va_freeze_has_stuck() tells; main thread. */
typedef void (*VaFreezeChanged)(gpointer data);

/* @config and @state must outlive it. */
VaFreeze *va_freeze_new(const VaConfig *config, VaState *state, VaFreezeChanged changed,
                        gpointer data);

/* Leaves what is frozen as it is: see va_freeze_stop(). */
void va_freeze_free(VaFreeze *freeze);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VaFreeze, va_freeze_free)

/* The log to be held while anything is frozen; NULL: none. */
void va_freeze_set_log(VaFreeze *freeze, VaLog *log);

/* Main thread, before there are others: finds out what a predecessor has left frozen. */
void va_freeze_recover(VaFreeze *freeze);

/* Main thread, once start-up cannot fail any more: from now on what was found counts as a freeze of
 * ours, whose time limit runs. */
gboolean va_freeze_resume(VaFreeze *freeze, GError **error);

/* Main thread: a freeze command is about to begin; va_freeze_end() follows if it may. */
gboolean va_freeze_begin(VaFreeze *freeze, GError **error);

/* What a freeze is to be like. */
typedef struct {
    const GPtrArray *paths; /* of char *: those to be frozen; NULL: all */
    gint64 limit;           /* seconds; negative: as configured */
    OsBackupType backup_type;
    gboolean without_writers;
} VaFreezeRequest;

/* On a lane: freezes; *count says how many.  If it fails, nothing is frozen. */
gboolean va_freeze_freeze(VaFreeze *freeze, const VaFreezeRequest *request, gint64 *count,
                          GError **error);

/* Main thread: the freeze command is through. */
void va_freeze_end(VaFreeze *freeze);

/* On a lane: thaws what is frozen; *count says how many were by this call.  Also fails, once, if
 * the system had ended the freeze by itself (OS_FREEZE_BROKEN); everything is thawed then. */
gboolean va_freeze_thaw(VaFreeze *freeze, gint64 *count, GError **error);

/* Main thread: the thaw command is through. */
void va_freeze_thawed(VaFreeze *freeze);

/* Main thread: ends whatever is under way or frozen, and calls @stopped when that is done, maybe
 * from within. */
void va_freeze_stop(VaFreeze *freeze, void (*stopped)(gpointer data), gpointer data);

/* Any thread. */
gboolean va_freeze_is_frozen(VaFreeze *freeze);

/* Any thread: TRUE while only what is safe on a frozen system may run, from the beginning of a
 * freeze command to the end of the thaw. */
gboolean va_freeze_gates(VaFreeze *freeze);

/* Main thread: TRUE, once, if the freeze command under way has outlived its time and hangs in the
 * kernel: the next command need not wait for it. */
gboolean va_freeze_has_stuck(VaFreeze *freeze);

typedef struct {
    gboolean frozen;
    gboolean inherited; /* from a predecessor */
    gint64 held_ms;     /* milliseconds; -1: nothing was ever frozen by us */
    guint limit;        /* seconds; 0: none */
    gboolean ended;     /* .ended_by tells by whom */
    VaFreezeEnd ended_by;
    const VaFreezePlan *plan; /* NULL: there was no freeze */
    const GPtrArray *hooks;   /* of VaHookResult; NULL: none were run */
    const GPtrArray *writers; /* of OsFreezeWriter; NULL: none were asked */
} VaFreezeView;

/* On a lane: shows the last freeze to @look, which must not call anything here.  Waits for the
 * watchdog if that is just ending it. */
void va_freeze_inspect(VaFreeze *freeze, void (*look)(const VaFreezeView *view, gpointer data),
                       gpointer data);
