/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* A pid file, locked as long as it is held: readable by qemu-ga, which locks it by fcntl() too. */
typedef struct OsPidFile OsPidFile;

/* Error: "cannot lock pid file '...': ..." if another process has it, "cannot open ..." or "cannot
 * write ..." else. */
OsPidFile *os_pid_file_take(const char *path, GError **error);

/* Removes the file, if it is still ours that has this name, and unlocks it.  NULL is fine. */
void os_pid_file_drop(OsPidFile *file);
