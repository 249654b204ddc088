/* SPDX-License-Identifier: Apache-2.0 */
#include "os-memory-block.h"
#include "none.h"

#include <errno.h>

GArray *os_memory_block_list(GError **error)
{
    return none_fail_null(error);
}

OsMemoryBlockOutcome os_memory_block_set_online(guint64 index, gboolean online, int *code)
{
    *code = ENOSYS;
    return OS_MEMORY_BLOCK_NOT_SUPPORTED;
}

gboolean os_memory_block_size(guint64 *size, GError **error)
{
    return none_fail(error);
}
