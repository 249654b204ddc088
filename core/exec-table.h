/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-process.h"

/* The programs the host has started, by process number, with the output kept for it.  Belongs to
 * the main thread. */
typedef struct VaExecTable VaExecTable;

#define VA_EXEC_OUTPUT_MAX  (16u * 1024 * 1024) /* kept per stream; more is read and dropped */
#define VA_EXEC_RECORDS_MAX 1024u               /* kept in all; the oldest uncollected goes first */
#define VA_EXEC_BYTES_MAX   (64u * 1024 * 1024) /* kept in all */
#define VA_EXEC_AGE_MAX     3600u               /* seconds until an uncollected result goes */

VaExecTable *va_exec_table_new(void);
void va_exec_table_free(VaExecTable *table);
