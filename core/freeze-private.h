/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "freeze.h"
#include "watchdog.h"

/* Microseconds until another try, if a thaw failed or somebody else is at it. */
#define VA_FREEZE_RETRY_INTERVAL (2 * G_USEC_PER_SEC)

/* Between the parts of the freeze: freeze.c (what the main thread asks), freeze-hold.c (freezing,
 * on a lane), freeze-thaw.c, freeze-rescue.c (the watchdog), freeze-recover.c (a predecessor's
 * freeze). */

struct VaFreeze {
    const VaConfig *config;
    VaState *state;
    VaLog *log;
    VaFreezeChanged changed;
    gpointer data;
    VaWatchdog *watchdog; /* NULL until first needed */

    void (*stopped)(gpointer data); /* main thread; NULL: nobody waits for the end */
    gpointer stopped_data;
    gboolean stuck_told; /* main thread */

    gint give_up; /* atomic: the freeze command under way is to be ended */
    GMutex mutex; /* guards what follows, and the items but for their problems and times */
    GCond rescued;
    gboolean busy;      /* a freeze command is under way... */
    gboolean freezing;  /* ...and a lane has not brought it to its end */
    gboolean thawing;   /* a lane is at it */
    gboolean rescuing;  /* the watchdog is at it */
    gboolean left_over; /* a freeze that failed could not thaw all: the watchdog is to */
    gboolean stopping;  /* the agent is about to end */
    gboolean quiet;     /* the log is held, memory kept, the marker there */
    gboolean inherited; /* a predecessor froze, so that... */
    gboolean sure;      /* ...what is not suspected is taken not to be frozen */
    guint limit;        /* seconds; 0: none */
    gint64 deadline;    /* monotonic; 0: none */
    gint64 began;       /* monotonic; 0: nothing was frozen */
    gint64 over;        /* monotonic; 0: not yet */
    VaFreezeEnd ended_by;
    VaFreezePlan *plan; /* NULL: there was no freeze */
    VaHooks *hooks;     /* of whoever is at it */
    GPtrArray *writers; /* of OsFreezeWriter; NULL: no application was asked */
    char *broken;       /* the system ended the freeze by itself, which the next thaw is to say */
};

/* With the mutex: TRUE if anything is frozen, or may be. */
gboolean va_freeze_holds(const VaFreeze *freeze);

/* Main thread: tells it, and who waits for the end.  _later() is for other threads. */
void va_freeze_settle(VaFreeze *freeze);
void va_freeze_settle_later(VaFreeze *freeze);

VaHookSettings va_freeze_hook_settings(const VaFreeze *freeze);

/* Items that one call of the system works on, and that are the caller's until it has set their
 * state. */
typedef struct {
    GPtrArray *items;       /* of VaFreezeItem */
    GPtrArray *filesystems; /* theirs, of OsFilesystem */
} VaFreezeBatch;

void va_freeze_batch_clear(VaFreezeBatch *batch);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VaFreezeBatch, va_freeze_batch_clear)

/* Claims item @i of the plan or, where the system freezes all at once, all of the plan, as far as
 * they are in the state @from; they are in the state @to then.  FALSE if that is none. */
gboolean va_freeze_claim(VaFreeze *freeze, guint i, VaFreezeState from, VaFreezeState to,
                         VaFreezeBatch *batch);

/* With the mutex: the applications that took part, as they are now. */
void va_freeze_note_writers(VaFreeze *freeze, GPtrArray *writers);

/* Milliseconds since @began, a monotonic time. */
gint64 va_freeze_ms_since(gint64 began);

/* Undoes what must be so while anything is frozen, by whoever notices first that nothing is frozen
 * any more.  FALSE if something is, or it has been done. */
gboolean va_freeze_be_loud(VaFreeze *freeze, VaFreezeEnd by);

/* Thaws in the reverse order of freezing and says how many.  Several threads may be at it: one that
 * is stuck with a filesystem does not keep another from the rest.  *error is that of the first that
 * failed. */
guint va_freeze_thaw_items(VaFreeze *freeze, GError **error);

/* What a predecessor froze is opened only when it is to be thawed. */
void va_freeze_open_inherited(VaFreeze *freeze);

void va_freeze_run_thaw_hooks(VaFreeze *freeze);

/* With the mutex: until the watchdog is not at it. */
void va_freeze_await_rescue(VaFreeze *freeze);

/* What the watchdog does. */
void va_freeze_bite(gpointer freeze);

/* On the watchdog's thread: whether a predecessor's freeze is still there.  TRUE: it is not, and
 * that remains to be told, as after a rescue. */
gboolean va_freeze_look_again(VaFreeze *freeze);
