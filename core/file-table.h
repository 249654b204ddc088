/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-file.h"

/* The files the host has open, by handle.  The table belongs to the main thread; a VaFile taken out
 * of it may go to a lane, and is closed when the last one lets go. */
typedef struct VaFileTable VaFileTable;
typedef struct VaFile VaFile;

#define VA_FILES_MAX 1024u /* handles open at a time */

VaFileTable *va_file_table_new(void);
void va_file_table_free(VaFileTable *table);
