/* SPDX-License-Identifier: Apache-2.0 */
#include "os-memory.h"

#include <link.h>
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

/* What the file has of a segment; the rest is memory without a file, which need not be read.  Pages
 * that may be written to become our own by that. */
static gboolean keep_segment(const struct dl_phdr_info *object, const ElfW(Phdr) * segment)
{
    gsize page = (gsize)sysconf(_SC_PAGESIZE);
    gsize start = (gsize)(object->dlpi_addr + segment->p_vaddr);
    gsize from = start / page * page;

    return segment->p_type != PT_LOAD || mlock((void *)from, start + segment->p_filesz - from) == 0;
}

static int keep_object(struct dl_phdr_info *object, gsize size, gpointer data)
{
    gboolean *kept = data;
    for (guint i = 0; i < object->dlpi_phnum; i++)
        *kept &= keep_segment(object, &object->dlpi_phdr[i]);
    return 0;
}

/* MCL_ONFAULT (Linux 4.4): of what is mapped only that is kept which has been touched; without it
 * each thread's stack would be filled, 8 MiB.  What the program and its libraries were loaded from
 * is brought in as a whole, as nobody knows what of it will be needed.  No MCL_FUTURE: what comes
 * later has no file to be read from, and with a limit (RLIMIT_MEMLOCK) there would be no memory
 * any more. */
gboolean os_memory_keep(gboolean keep)
{
    gboolean kept = TRUE;

    if (!keep)
        return munlockall() == 0;
    if (mlockall(MCL_CURRENT | MCL_ONFAULT) == -1)
        return FALSE;
    dl_iterate_phdr(keep_object, &kept);
    return kept;
}
