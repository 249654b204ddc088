/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-process.h"

#include <windows.h>

/* For a caller inside this back end that waits for a program on its own thread. */

/* os_process_spawn() for a program that belongs, with all its descendants, to @job from its first
 * instruction on. */
OsProcess *os_process_spawn_in(const char *const *argv, const char *const *envp,
                               OsProcessFlags flags, HANDLE job, GError **error);

/* Becomes signalled when the program has ended.  Belongs to @process. */
HANDLE os_process_handle(const OsProcess *process);

/* Our end, overlapped, of the pipe that is standard handle @standard (0, 1, 2) of the program; NULL
 * if there is none or it was taken.  The caller owns it. */
HANDLE os_process_take_handle(OsProcess *process, guint standard);

/* How it ended; value -1 if it has not. */
OsProcessEnd os_process_end(const OsProcess *process);
