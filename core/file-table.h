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

/* FALSE and *error if no file more may be opened. */
gboolean va_file_table_has_room(const VaFileTable *table, GError **error);

/* Keeps @file, with a reference of its own, under a @handle that is not in use. */
void va_file_table_add(VaFileTable *table, gint64 handle, VaFile *file);

/* A reference for the caller; NULL and *error "handle '99' has not been found". */
VaFile *va_file_table_get(const VaFileTable *table, gint64 handle, GError **error);

/* The same, and the table forgets it: the handle is gone, whatever closing the file will bring. */
VaFile *va_file_table_remove(VaFileTable *table, gint64 handle, GError **error);

/* A file that is not open yet, with one reference. */
VaFile *va_file_new(void);

/* Lets go of a reference; NULL is fine.  Any thread.  The last one closes the file, and an error is
 * lost: see va_file_close(). */
void va_file_unref(VaFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VaFile, va_file_unref)

/* To be called once; may block.  Error: as os_file_open(). */
gboolean va_file_open(VaFile *file, const char *path, OsFileFlags flags, GError **error);

/* NULL before it was opened. */
OsFile *va_file_os(const VaFile *file);

/* For a file that was removed from its table: closes it now, unless somebody else is still at work
 * on it, who will then close it by letting go.  May block.  Error: as os_file_close(). */
gboolean va_file_close(VaFile *file, GError **error);
