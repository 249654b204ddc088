/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-power.h"

/* The ways of this system into another power state, one function each: os-power.c tries them. */

typedef enum {
    OS_POWER_DONE,    /* or under way */
    OS_POWER_ABSENT,  /* nothing of that kind on this system; *error is not set */
    OS_POWER_REFUSED, /* *error says why; another way may be tried */
    OS_POWER_FINAL,   /* *error says why; another must not be */
} OsPowerOutcome;

/* The login service, over D-Bus. */
OsPowerOutcome os_power_by_login(OsPowerState state, GError **error);

/* Programs: systemctl(1), if systemd is running; pm-action(8); the poweroff, halt and reboot of
 * init; shutdown(8).  They are looked for in the system's directories below os_root(), never along
 * $PATH. */
OsPowerOutcome os_power_by_systemctl(OsPowerState state, GError **error);
OsPowerOutcome os_power_by_pm_utils(OsPowerState state, GError **error);
OsPowerOutcome os_power_by_init(OsPowerState state, GError **error);
OsPowerOutcome os_power_by_shutdown(OsPowerState state, GError **error);

/* /sys/power, for sleep only: reboot(2) would lose what is not written yet. */
OsPowerOutcome os_power_by_kernel(OsPowerState state, GError **error);

/* What the kernel says about sleep.  Whoever puts the system to sleep ends up there. */
gboolean os_power_kernel_offers(OsPowerState state);

/* TRUE if the kernel knows where a memory image is found again at the next start.  Without, only
 * who sees to that himself (systemd does) may write one: it would never be read. */
gboolean os_power_can_resume(OsPowerState state);

static inline gboolean os_power_is_sleep(OsPowerState state)
{
    return state >= OS_POWER_SLEEP_DISK;
}

/* For one that was set off, but did not say how it went.  Ending twice is as good as once; a second
 * sleep would begin when the host has just ended the first. */
static inline OsPowerOutcome os_power_unsure(OsPowerState state)
{
    return os_power_is_sleep(state) ? OS_POWER_FINAL : OS_POWER_REFUSED;
}
