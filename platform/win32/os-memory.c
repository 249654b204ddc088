/* SPDX-License-Identifier: Apache-2.0 */
#include "os-memory.h"

/* Large pages need a privilege and are never given back. */
void os_memory_large(void *memory, gsize size)
{
}

/* The paging file is not held still by a freeze: the Volume Shadow Copy Service leaves it out
 * (MSDN, "Excluding Files from Shadow Copies"). */
gboolean os_memory_keep(gboolean keep)
{
    return TRUE;
}
