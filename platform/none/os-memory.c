/* SPDX-License-Identifier: Apache-2.0 */
#include "os-memory.h"

void os_memory_large(void *memory, gsize size)
{
}

gboolean os_memory_keep(gboolean keep)
{
    return !keep;
}
