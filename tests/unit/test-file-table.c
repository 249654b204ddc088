/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-file.h"
#include "file-table.h"

static VaFileTable *table_with(gint64 handle, const char *path)
{
    VaFileTable *table = va_file_table_new();
    g_autoptr(VaFile) file = va_file_new();
    fake_file_make(path, "text");
    g_assert_true(va_file_open(file, path, OS_FILE_READ, NULL));
    va_file_table_add(table, handle, file);
    return table;
}

static void test_found(void)
{
    VaFileTable *table = table_with(1000, "/a");
    g_autoptr(GError) error = NULL;
    g_autoptr(VaFile) file = va_file_table_get(table, 1000, &error);
    g_assert_nonnull(file);
    g_assert_nonnull(va_file_os(file));
    g_assert_null(va_file_table_get(table, 99, &error));
    g_assert_cmpstr(error->message, ==, "handle '99' has not been found");
    va_file_table_free(table);
}

static void test_removed(void)
{
    VaFileTable *table = table_with(G_MAXINT64, "/a");
    g_autoptr(GError) error = NULL;
    g_autoptr(VaFile) file = va_file_table_remove(table, G_MAXINT64, NULL);
    g_assert_nonnull(file);
    g_assert_null(va_file_table_remove(table, G_MAXINT64, &error));
    g_assert_cmpstr(error->message, ==, "handle '9223372036854775807' has not been found");
    g_assert_cmpuint(fake_files_open(), ==, 1);
    g_assert_true(va_file_close(file, NULL));
    g_assert_cmpuint(fake_files_open(), ==, 0);
    va_file_table_free(table);
}

static void test_last_user_closes(void)
{
    VaFileTable *table = table_with(1000, "/a");
    VaFile *user = va_file_table_get(table, 1000, NULL);
    VaFile *closer = va_file_table_remove(table, 1000, NULL);
    g_assert_true(va_file_close(closer, NULL));
    va_file_unref(closer);
    g_assert_cmpuint(fake_files_open(), ==, 1);
    g_assert_nonnull(va_file_os(user));
    va_file_unref(user);
    g_assert_cmpuint(fake_files_open(), ==, 0);
    va_file_table_free(table);
}

static void test_close_fails(void)
{
    VaFileTable *table = table_with(1000, "/a");
    g_autoptr(GError) error = NULL;
    g_autoptr(VaFile) file = va_file_table_remove(table, 1000, NULL);
    fake_files_fail_next("os_file_close", "failed to close handle: No space left on device");
    g_assert_false(va_file_close(file, &error));
    g_assert_cmpstr(error->message, ==, "failed to close handle: No space left on device");
    g_assert_cmpuint(fake_files_open(), ==, 0);
    va_file_table_free(table);
}

static void test_bounded(void)
{
    VaFileTable *table = va_file_table_new();
    g_autoptr(GError) error = NULL;
    for (gint64 i = 0; i < VA_FILES_MAX; i++) {
        g_autoptr(VaFile) file = va_file_new();
        g_assert_true(va_file_table_has_room(table, NULL));
        va_file_table_add(table, 1000 + i, file);
    }
    g_assert_false(va_file_table_has_room(table, &error));
    g_assert_cmpstr(error->message, ==, "too many open files: 1024 handles have not been closed");
    va_file_unref(va_file_table_remove(table, 1500, NULL));
    g_assert_true(va_file_table_has_room(table, NULL));
    va_file_table_free(table);
}

static void test_freed(void)
{
    VaFileTable *table = table_with(1000, "/a");
    va_file_table_free(table);
    g_assert_cmpuint(fake_files_open(), ==, 0);
    va_file_table_free(NULL);
    va_file_unref(NULL);
}

static gpointer hold_and_let_go(gpointer data)
{
    for (guint i = 0; i < 10000; i++) {
        g_autoptr(VaFile) file = va_file_table_get(data, 1000, NULL);
        g_assert_nonnull(va_file_os(file));
    }
    return NULL;
}

/* The table is only read here, as if each thread had been handed its references. */
static void test_references_from_threads(void)
{
    VaFileTable *table = table_with(1000, "/a");
    GThread *threads[3];
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("user", hold_and_let_go, table);
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
        g_thread_join(threads[i]);
    g_assert_cmpuint(fake_files_open(), ==, 1);
    va_file_table_free(table);
    g_assert_cmpuint(fake_files_open(), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/file-table/handle-finds-its-file", test_found);
    g_test_add_func("/file-table/removed-handle-is-gone", test_removed);
    g_test_add_func("/file-table/last-user-closes", test_last_user_closes);
    g_test_add_func("/file-table/failing-close-is-told-once", test_close_fails);
    g_test_add_func("/file-table/is-bounded", test_bounded);
    g_test_add_func("/file-table/free-closes-all", test_freed);
    g_test_add_func("/file-table/references-may-be-dropped-on-any-thread",
                    test_references_from_threads);
    int result = g_test_run();
    fake_files_reset();
    return result;
}
