/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <windows.h>

/* Makes the calling thread one of COM's multi-threaded apartment, and says who may call into this
 * process, if nobody has said so before.  os_vss_com_leave() follows if it succeeded. */
HRESULT os_vss_com_enter(void);
void os_vss_com_leave(void);
