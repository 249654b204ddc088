/* SPDX-License-Identifier: Apache-2.0 */
#include "file-table.h"

#include "error.h"

struct VaFile {
    gint references;
    OsFile *os;
};

struct VaFileTable {
    GHashTable *files; /* gint64 -> VaFile */
};

VaFile *va_file_new(void)
{
    VaFile *file = g_new0(VaFile, 1);
    file->references = 1;
    return file;
}

static VaFile *ref(VaFile *file)
{
    g_atomic_int_inc(&file->references);
    return file;
}

void va_file_unref(VaFile *file)
{
    if (!file || !g_atomic_int_dec_and_test(&file->references))
        return;
    os_file_close(file->os, NULL);
    g_free(file);
}

gboolean va_file_open(VaFile *file, const char *path, OsFileFlags flags, GError **error)
{
    file->os = os_file_open(path, flags, error);
    return file->os != NULL;
}

OsFile *va_file_os(const VaFile *file)
{
    return file->os;
}

/* Once it is in no table a file gets no new references: a count of one stays one. */
gboolean va_file_close(VaFile *file, GError **error)
{
    if (g_atomic_int_get(&file->references) > 1)
        return TRUE;
    return os_file_close(g_steal_pointer(&file->os), error);
}

static void unref(gpointer file)
{
    va_file_unref(file);
}

VaFileTable *va_file_table_new(void)
{
    VaFileTable *table = g_new0(VaFileTable, 1);
    table->files = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, unref);
    return table;
}

void va_file_table_free(VaFileTable *table)
{
    if (!table)
        return;
    g_hash_table_unref(table->files);
    g_free(table);
}

gboolean va_file_table_has_room(const VaFileTable *table, GError **error)
{
    if (g_hash_table_size(table->files) < VA_FILES_MAX)
        return TRUE;
    return va_fail(error, "too many open files: %u handles have not been closed", VA_FILES_MAX);
}

void va_file_table_add(VaFileTable *table, gint64 handle, VaFile *file)
{
    gint64 *key = g_new(gint64, 1);
    *key = handle;
    g_hash_table_insert(table->files, key, ref(file));
}

VaFile *va_file_table_get(const VaFileTable *table, gint64 handle, GError **error)
{
    VaFile *file = g_hash_table_lookup(table->files, &handle);

    if (file)
        return ref(file);
    va_fail(error, "handle '%" G_GINT64_FORMAT "' has not been found", handle);
    return NULL;
}

VaFile *va_file_table_remove(VaFileTable *table, gint64 handle, GError **error)
{
    VaFile *file = va_file_table_get(table, handle, error);

    if (file)
        g_hash_table_remove(table->files, &handle);
    return file;
}
