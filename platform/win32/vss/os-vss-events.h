/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-handle.h"

/* The requester's end of what it shares with the provider (vss-names.h). */
typedef struct {
    HANDLE frozen;
    HANDLE thaw;
    HANDLE expired;
} OsVssEvents;

/* Makes them, for LocalSystem and administrators only, and leads the provider to them.  From now on
 * it takes part in what VSS is at: to be called once that is nothing but our own freeze. */
HRESULT os_vss_events_open(OsVssEvents *events);

/* Twice is once. */
void os_vss_events_close(OsVssEvents *events);

gboolean os_vss_event_is_set(HANDLE event);
