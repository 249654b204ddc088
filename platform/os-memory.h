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
