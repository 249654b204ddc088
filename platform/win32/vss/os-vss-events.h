/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-handle.h"

/* The requester's end of what it shares with the provider (vss-names.h). */
typedef struct {
    HANDLE frozen;
    HANDLE thaw;
    HANDLE expired;
} OsVssEvents;

/* Makes them, for LocalSystem and administrators only.  G_IO_ERROR_BUSY: they are there already,
 * made by another freeze or by somebody who wants to keep us from freezing. */
gboolean os_vss_events_open(OsVssEvents *events, GError **error);

/* As they were in the beginning, for another try. */
void os_vss_events_reset(const OsVssEvents *events);

/* Twice is once. */
void os_vss_events_close(OsVssEvents *events);

gboolean os_vss_event_is_set(HANDLE event);
