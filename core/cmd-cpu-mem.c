/* SPDX-License-Identifier: Apache-2.0 */
#include "error.h"
#include "os-cpu.h"
#include "os-memory-block.h"
#include "schema-commands.h"

#include <gio/gio.h>

/* Changes per request: more than any system has processors, and 8 TiB in blocks of 128 MiB.  Each
 * takes its time, so a long list keeps the lane from other work. */
#define CHANGES_MAX 65536u

static gboolean check_length(const GPtrArray *list, const char *name, GError **error)
{
    if (list->len > CHANGES_MAX)
        return va_fail(error, "Parameter '%s' has more than %u elements", name, CHANGES_MAX);
    return TRUE;
}

static GuestLogicalProcessor *guest_processor(const OsCpu *cpu)
{
    GuestLogicalProcessor *guest = g_new0(GuestLogicalProcessor, 1);
    guest->logical_id = cpu->id;
    guest->online = cpu->online;
    guest->has_can_offline = TRUE;
    guest->can_offline = cpu->can_offline;
    return guest;
}

gboolean cmd_get_vcpus(GPtrArray **out, GError **error)
{
    g_autoptr(GArray) cpus = os_cpu_list(error);
    if (!cpus)
        return FALSE;
    *out = g_ptr_array_sized_new(cpus->len);
    for (guint i = 0; i < cpus->len; i++)
        g_ptr_array_add(*out, guest_processor(&g_array_index(cpus, OsCpu, i)));
    return TRUE;
}

static gboolean set_processor(const GuestLogicalProcessor *processor, GError **error)
{
    g_autoptr(GError) failure = NULL;

    if (os_cpu_set_online(processor->logical_id, processor->online, &failure))
        return TRUE;
    if (!processor->online && g_error_matches(failure, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
        return va_fail(error, "logical processor #%" G_GINT64_FORMAT " can't be offlined",
                       processor->logical_id);
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
}

/* The host learns by the number where it stopped, and why by sending the rest. */
gboolean cmd_set_vcpus(const GuestSetVcpusIn *in, gint64 *out, GError **error)
{
    g_autoptr(GError) failure = NULL;
    guint done = 0;

    if (!check_length(in->vcpus, "vcpus", error))
        return FALSE;
    while (done < in->vcpus->len && set_processor(g_ptr_array_index(in->vcpus, done), &failure))
        done++;
    if (failure && done == 0) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    *out = done;
    return TRUE;
}

static GuestMemoryBlock *guest_block(const OsMemoryBlock *block)
{
    GuestMemoryBlock *guest = g_new0(GuestMemoryBlock, 1);
    guest->phys_index = block->index;
    guest->online = block->online;
    guest->has_can_offline = block->kind != OS_MEMORY_BLOCK_UNKNOWN;
    guest->can_offline = block->kind == OS_MEMORY_BLOCK_REMOVABLE;
    return guest;
}

gboolean cmd_get_memory_blocks(GPtrArray **out, GError **error)
{
    g_autoptr(GArray) blocks = os_memory_block_list(error);
    if (!blocks)
        return FALSE;
    *out = g_ptr_array_sized_new(blocks->len);
    for (guint i = 0; i < blocks->len; i++)
        g_ptr_array_add(*out, guest_block(&g_array_index(blocks, OsMemoryBlock, i)));
    return TRUE;
}

static GuestMemoryBlockResponse *set_block(const GuestMemoryBlock *block)
{
    static const GuestMemoryBlockResponseType responses[] = {
        [OS_MEMORY_BLOCK_DONE] = GUEST_MEMORY_BLOCK_RESPONSE_TYPE_SUCCESS,
        [OS_MEMORY_BLOCK_NOT_FOUND] = GUEST_MEMORY_BLOCK_RESPONSE_TYPE_NOT_FOUND,
        [OS_MEMORY_BLOCK_NOT_SUPPORTED] = GUEST_MEMORY_BLOCK_RESPONSE_TYPE_OPERATION_NOT_SUPPORTED,
        [OS_MEMORY_BLOCK_REFUSED] = GUEST_MEMORY_BLOCK_RESPONSE_TYPE_OPERATION_FAILED,
    };
    GuestMemoryBlockResponse *response = g_new0(GuestMemoryBlockResponse, 1);
    int code = 0;
    OsMemoryBlockOutcome outcome =
        os_memory_block_set_online(block->phys_index, block->online, &code);

    response->phys_index = block->phys_index;
    response->response = responses[outcome];
    response->has_error_code = outcome != OS_MEMORY_BLOCK_DONE;
    response->error_code = code;
    return response;
}

gboolean cmd_set_memory_blocks(const GuestSetMemoryBlocksIn *in, GPtrArray **out, GError **error)
{
    if (!check_length(in->mem_blks, "mem-blks", error))
        return FALSE;
    *out = g_ptr_array_sized_new(in->mem_blks->len);
    for (guint i = 0; i < in->mem_blks->len; i++)
        g_ptr_array_add(*out, set_block(g_ptr_array_index(in->mem_blks, i)));
    return TRUE;
}

gboolean cmd_get_memory_block_info(GuestMemoryBlockInfo **out, GError **error)
{
    guint64 size;
    if (!os_memory_block_size(&size, error))
        return FALSE;
    *out = g_new0(GuestMemoryBlockInfo, 1);
    (*out)->size = size;
    return TRUE;
}
