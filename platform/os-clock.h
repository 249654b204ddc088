/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* Setting the system's clock, and the hardware clock that lasts while the system is off.  Reading
 * the system's clock is GLib's.  All of these may wait, so they run on a lane. */

/* Sets the system's clock to @nanoseconds since 1970 UTC, not negative.  G_IO_ERROR_INVALID_DATA if
 * it cannot hold that time; otherwise "Failed to set time to guest: OS text". */
gboolean os_clock_set(gint64 nanoseconds, GError **error);

/* Stores the time of the system's clock in the hardware clock.  G_IO_ERROR_NOT_FOUND if there is
 * none.  Linux: UTC or local time as /etc/adjtime says; takes up to a second, because a hardware
 * clock counts whole ones.  Windows: nothing to do, the system does it. */
gboolean os_clock_save(GError **error);

/* Sets the system's clock by the hardware clock; errors as above.  Linux: waits for the tick, a
 * second at most; a hardware clock that cannot tell its ticks is right within half a second.
 * Windows: has the time service synchronise. */
gboolean os_clock_load(GError **error);
