/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-info.h"

#include <errno.h>

GArray *os_memory_block_list(GError **error)
{
    const FakeInfo *fake = fake_info();
    if (!fake_info_called(G_STRFUNC, error))
        return NULL;
    return g_array_append_vals(g_array_new(FALSE, FALSE, sizeof(OsMemoryBlock)), fake->blocks,
                               fake->n_blocks);
}

static OsMemoryBlock *find(guint64 index)
{
    const FakeInfo *fake = fake_info();
    for (guint i = 0; i < fake->n_blocks; i++)
        if (fake->blocks[i].index == index)
            return &fake->blocks[i];
    return NULL;
}

OsMemoryBlockOutcome os_memory_block_set_online(guint64 index, gboolean online, int *code)
{
    const FakeInfo *fake = fake_info();
    OsMemoryBlock *block = find(index);

    fake_info_called(G_STRFUNC, NULL);
    if (block && block->online == online)
        return OS_MEMORY_BLOCK_DONE;
    if (block && block->kind != OS_MEMORY_BLOCK_FIXED && fake->refusal == 0) {
        block->online = online;
        return OS_MEMORY_BLOCK_DONE;
    }
    *code = !block ? ENOENT : fake->refusal ? fake->refusal : EOPNOTSUPP;
    return !block          ? OS_MEMORY_BLOCK_NOT_FOUND
           : fake->refusal ? OS_MEMORY_BLOCK_REFUSED
                           : OS_MEMORY_BLOCK_NOT_SUPPORTED;
}

gboolean os_memory_block_size(guint64 *size, GError **error)
{
    if (!fake_info_called(G_STRFUNC, error))
        return FALSE;
    *size = fake_info()->block_size;
    return TRUE;
}
