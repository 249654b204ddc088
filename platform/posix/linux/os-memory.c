/* SPDX-License-Identifier: Apache-2.0 */
#include "os-memory.h"

#include <sys/mman.h>
#include <unistd.h>

/* Filling 32 MiB of new memory costs 8192 page faults, a fifth of the time of a transfer.  Where
 * transparent huge pages are there for who asks (madvise(2), MADV_HUGEPAGE) it costs 16.
 *
 * The advice is for whole pages, those of malloc()'s own words before and behind @memory included:
 * a mapping of which only a part was advised is two, and mremap(2) moves one at a time, so that
 * realloc() would copy. */
void os_memory_large(void *memory, gsize size)
{
    gsize page = (gsize)sysconf(_SC_PAGESIZE);
    gsize start = (gsize)memory / page * page;
    gsize end = ((gsize)memory + size + page - 1) / page * page;

    if (size >= OS_MEMORY_LARGE)
        madvise((void *)start, end - start, MADV_HUGEPAGE);
}
