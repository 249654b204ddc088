/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* Memory in blocks of one size that the system can take out of use and back, one by one.  All of
 * this reads files, so it runs on a lane. */

typedef enum {
    OS_MEMORY_BLOCK_FIXED,
    OS_MEMORY_BLOCK_REMOVABLE, /* it may be tried; memory in use makes it fail all the same */
    OS_MEMORY_BLOCK_UNKNOWN,
} OsMemoryBlockKind;

typedef struct {
    guint64 index;
    gboolean online; /* in use, if only just */
    OsMemoryBlockKind kind;
} OsMemoryBlock;

/* Every block once, by number; an empty array if this system does not keep memory in blocks.  One
 * that goes away meanwhile may be missing.  The caller owns the array of OsMemoryBlock. */
GArray *os_memory_block_list(GError **error);

typedef enum {
    OS_MEMORY_BLOCK_DONE, /* also if it was so already */
    OS_MEMORY_BLOCK_NOT_FOUND,
    OS_MEMORY_BLOCK_NOT_SUPPORTED,
    OS_MEMORY_BLOCK_REFUSED,
} OsMemoryBlockOutcome;

/* Takes block @index, which may be any number, into use or out of it.  *code is the system's error
 * number, written unless it is done.  What the memory holds is moved elsewhere first: with nowhere
 * to put it, or pages that somebody keeps, that can take very long. */
OsMemoryBlockOutcome os_memory_block_set_online(guint64 index, gboolean online, int *code);

/* Size of a block in bytes; never 0. */
gboolean os_memory_block_size(guint64 *size, GError **error);
