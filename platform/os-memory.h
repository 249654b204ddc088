/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* Size from which os_memory_large() is worth a call, in bytes. */
#define OS_MEMORY_LARGE ((gsize)4 * 1024 * 1024)

/* @size bytes at @memory, just made by g_malloc() or grown by g_realloc(), will be filled from the
 * front: the system may give what is new of them out in large pages, which spares most of the page
 * faults.  A hint: nothing happens where there is no such thing, or to less than OS_MEMORY_LARGE.
 * Any thread. */
void os_memory_large(void *memory, gsize size);

/* TRUE: what of the agent is in memory stays there, its code included, so that nothing has to be
 * read from a disk that stands still; FALSE: no longer.  Best effort: the return value says whether
 * it could be done.  Linux: mlockall(2), and mlock(2) of the code.  Any thread. */
gboolean os_memory_keep(gboolean keep);
