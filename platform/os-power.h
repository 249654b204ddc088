/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* Ending the guest, or putting it to sleep. */

typedef enum {
    OS_POWER_HALT, /* the processors stop, the power stays on */
    OS_POWER_OFF,
    OS_POWER_REBOOT,
    OS_POWER_SLEEP_DISK,   /* memory to the guest's own disk, then off */
    OS_POWER_SLEEP_RAM,    /* memory stays powered (ACPI S3), so that the host can wake the guest */
    OS_POWER_SLEEP_HYBRID, /* memory to disk, then as OS_POWER_SLEEP_RAM */
} OsPowerState;

/* Leaves the running state in the orderly way of this system: services are stopped and filesystems
 * unmounted before an end.  Blocks, so it runs on a lane.
 *
 * TRUE: it is under way; or, for a sleep, over already.  The call may return before, during or
 * after it.  FALSE: nothing has happened, as far as can be told.  G_IO_ERROR_NOT_SUPPORTED if the
 * system has no way to get into @state, which for a sleep is found out before anything is done;
 * otherwise the message says what each way that was tried had to say. */
gboolean os_power_enter(OsPowerState state, GError **error);
