/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-vss-backup.h"

/*
 * A freeze as its users see it.  Everything that is COM happens on a thread of its own, which lives
 * from the freeze to the thaw, as VSS calls back all the time; any thread may end it.
 */
typedef struct OsVssHold OsVssHold;

/* Returns once writes are held.  Takes @order.  @give_up: atomic, not 0 ends it; may be NULL.  NULL
 * and *error: nothing is held; if VSS did not come to an end in time, what it still holds is let go
 * as soon as it does. */
OsVssHold *os_vss_hold_new(const OsVssSystem *system, OsVssOrder *order, const gint *give_up,
                           GError **error);

/* Lets writes go on, and waits until VSS is through with it, within bounds.  OS_FREEZE_DONE or
 * OS_FREEZE_BROKEN.  Any thread; twice is once. */
OsFreezeOutcome os_vss_hold_release(OsVssHold *hold, GError **error);

/* What is held is let go, and nobody waits for it. */
void os_vss_hold_free(OsVssHold *hold);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OsVssHold, os_vss_hold_free)
