/* SPDX-License-Identifier: Apache-2.0 */
#include "os-memory-block.h"
#include "os-error.h"
#include "os-root.h"
#include "os-sysfs.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Documentation/admin-guide/mm/memory-hotplug.rst of Linux. */
#define BLOCKS "/sys/devices/system/memory"

static char *path_of(guint64 index, const char *attribute)
{
    g_autofree char *path =
        g_strdup_printf(BLOCKS "/memory%" G_GUINT64_FORMAT "/%s", index, attribute);
    return os_root(path);
}

/* "removable" says whether it is worth a try at all; kernels are free to leave it out. */
static OsMemoryBlockKind kind_of(guint64 index)
{
    g_autofree char *path = path_of(index, "removable");
    char removable[OS_SYSFS_MAX];

    if (!os_sysfs_read(path, removable))
        return OS_MEMORY_BLOCK_UNKNOWN;
    return removable[0] == '0' ? OS_MEMORY_BLOCK_FIXED : OS_MEMORY_BLOCK_REMOVABLE;
}

/* FALSE if it is there no longer.  While its state is "going-offline" it still holds something. */
static gboolean get(guint64 index, OsMemoryBlock *block)
{
    g_autofree char *path = path_of(index, "state");
    char state[OS_SYSFS_MAX];

    if (!os_sysfs_read(path, state))
        return FALSE;
    *block = (OsMemoryBlock){index, strcmp(state, "offline") != 0, kind_of(index)};
    return TRUE;
}

GArray *os_memory_block_list(GError **error)
{
    g_autofree char *directory = os_root(BLOCKS);
    g_autoptr(GError) failure = NULL;
    g_autoptr(GArray) numbers = os_sysfs_numbers(directory, "memory", G_MAXUINT64, &failure);
    g_autoptr(GArray) blocks = g_array_new(FALSE, FALSE, sizeof(OsMemoryBlock));
    OsMemoryBlock block;

    if (failure && !g_error_matches(failure, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return NULL;
    }
    for (guint i = 0; numbers && i < numbers->len; i++)
        if (get(g_array_index(numbers, guint64, i), &block))
            g_array_append_val(blocks, block);
    return g_steal_pointer(&blocks);
}

static OsMemoryBlockOutcome outcome(OsMemoryBlockOutcome what, int *code)
{
    *code = errno;
    return what;
}

/* A kernel that does not keep memory in blocks has no directory for them. */
static OsMemoryBlockOutcome missing(int code)
{
    g_autofree char *directory = os_root(BLOCKS);
    if (code != ENOENT)
        return OS_MEMORY_BLOCK_REFUSED;
    return access(directory, F_OK) == 0 ? OS_MEMORY_BLOCK_NOT_FOUND : OS_MEMORY_BLOCK_NOT_SUPPORTED;
}

/* The kernel calls it invalid to ask for the state that is. */
OsMemoryBlockOutcome os_memory_block_set_online(guint64 index, gboolean online, int *code)
{
    g_autofree char *directory = path_of(index, ""), *path = path_of(index, "state");
    const char *wanted = online ? "online" : "offline";
    char state[OS_SYSFS_MAX];

    if (access(directory, F_OK) == -1) {
        *code = errno;
        return missing(*code);
    }
    if (!os_sysfs_read(path, state))
        return outcome(errno == ENOENT ? OS_MEMORY_BLOCK_NOT_SUPPORTED : OS_MEMORY_BLOCK_REFUSED,
                       code);
    if (strcmp(state, wanted) == 0 || os_sysfs_write(path, wanted))
        return OS_MEMORY_BLOCK_DONE;
    return outcome(errno == EOPNOTSUPP ? OS_MEMORY_BLOCK_NOT_SUPPORTED : OS_MEMORY_BLOCK_REFUSED,
                   code);
}

/* In hexadecimal, and without the 0x. */
gboolean os_memory_block_size(guint64 *size, GError **error)
{
    g_autofree char *path = os_root(BLOCKS "/block_size_bytes");
    char text[OS_SYSFS_MAX];

    if (!os_sysfs_read(path, text))
        return os_error(error, "failed to read '%s'", path);
    if (!g_ascii_string_to_unsigned(text, 16, 1, G_MAXUINT64, size, NULL))
        return os_error_code(error, EINVAL, "failed to read '%s'", path);
    return TRUE;
}
