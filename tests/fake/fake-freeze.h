/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-freeze.h"

/* The filesystems of the fake back end.  Calls may come from any thread. */
typedef struct {
    const char *mountpoint; /* the first four are what os_freeze_list() says */
    const char *device;
    const char *type;
    const char *obstacle;
    const char *failure;     /* "open", "sync", "freeze" or "thaw": this fails */
    const char *stands;      /* likewise: this does not return before fake_freeze_let_go() */
    OsFreezeOutcome outcome; /* of a freeze, if it is not to be OS_FREEZE_DONE; 0: it is */
    gboolean gone;           /* not mounted any more when it is opened */
    gboolean frozen;
    gboolean open; /* since os_freeze_open() */
} FakeFilesystem;

#define FAKE_FILESYSTEMS_MAX 8

/* Forgets all; @filesystems, in the order of freezing, are borrowed; NULL ends their mount points.
 */
void fake_freeze_reset(FakeFilesystem *filesystems);

/* What os_freeze_suspect() returns; TRUE after a reset. */
void fake_freeze_set_sure(gboolean sure);

/* What was called, in order: "freeze /a", a line each; "list" too. Free with g_free(). */
char *fake_freeze_calls(void);

/* What os_freeze_unwritten() says, one call after the other, and the last from then on; borrowed.
 * Without it, 0. */
void fake_freeze_set_unwritten(const gint64 *bytes, guint count);

/* Waits until a call stands. */
void fake_freeze_await_standing(void);

/* Waits until no call is under way. */
void fake_freeze_await_none_inside(void);

/* Waits until it is closed. */
void fake_freeze_await_closed(const FakeFilesystem *filesystem);

/* From now on all are frozen at once, for @longest seconds at most, and a writer takes part. */
void fake_freeze_set_joint(guint longest);

/* As if the system ended the freeze by itself. */
void fake_freeze_break(void);

/* Of the last freeze. */
OsFreezeOptions fake_freeze_options(void);

/* All that stand return, and later ones do not stand any more. */
void fake_freeze_let_go(void);

/* Changes what fails, while others may be at it. */
void fake_freeze_set_failure(FakeFilesystem *filesystem, const char *failure);

gboolean fake_freeze_is_frozen(const FakeFilesystem *filesystem);

/* As if somebody else did it. */
void fake_freeze_set_frozen(FakeFilesystem *filesystem, gboolean frozen);
