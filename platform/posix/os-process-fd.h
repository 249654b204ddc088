/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-process.h"

/* For a caller inside this back end that waits for a program on its own thread. */

/* Our end of the pipe to descriptor @standard of the program, blocking; -1 if there is none or it
 * was taken.  The caller owns it. */
int os_process_take_fd(OsProcess *process, int standard);

/* Looks, without waiting, whether it has ended; if so, its number may belong to another process
 * from now on, and os_process_free() has nothing left to collect.  Not for one that is watched. */
gboolean os_process_reap(OsProcess *process, OsProcessEnd *end);
