/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <windows.h>

/* The provider's end of what it shares with the requester. */

/* TRUE while the agent, and no other program, has a freeze under way. */
BOOL vss_hold_is_wanted(void);

/* Tells the requester that writes are held, and comes back when it wants them to go on: S_OK; or
 * after @milliseconds: E_ABORT, and the requester can see it.  E_FAIL: there is no requester. */
HRESULT vss_hold(DWORD milliseconds);
