/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <windows.h>

/* The provider's end of what it shares with the requester. */

/* TRUE while the agent, and no other program, has a freeze under way. */
BOOL vss_hold_is_wanted(void);

/* The events of the freeze under way; all zero: none. */
typedef struct {
    HANDLE frozen;
    HANDLE thaw;
    HANDLE expired;
} VssHold;

/* FALSE: there is no requester.  What was open before is closed. */
BOOL vss_hold_open(VssHold *hold);

/* Tells the requester that writes are held, and comes back when it wants them to go on: S_OK; or
 * after @milliseconds: E_ABORT, and the requester can see it. */
HRESULT vss_hold_wait(const VssHold *hold, DWORD milliseconds);

/* Twice is once. */
void vss_hold_close(VssHold *hold);
