/* SPDX-License-Identifier: Apache-2.0 */
#include "os-file.h"
#include "os-text.h"
#include "os-utf16.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <windows.h>

#define NOT_THERE os_text_of(ERROR_FILE_NOT_FOUND)

#define READ   OS_FILE_READ
#define WRITE  OS_FILE_WRITE
#define CREATE OS_FILE_CREATE

static void file_free(OsFile *file)
{
    os_file_close(file, NULL);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OsFile, file_free)

typedef struct {
    char *dir;
    char *path; /* a name in dir */
} Place;

static void place_open(Place *place, gconstpointer data)
{
    place->dir = g_dir_make_tmp("va-file-XXXXXX", NULL);
    place->path = g_build_filename(place->dir, "file", NULL);
}

static void place_close(Place *place, gconstpointer data)
{
    g_autoptr(GDir) dir = g_dir_open(place->dir, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(place->dir, name, NULL);
        g_remove(path);
    }
    g_clear_pointer(&dir, g_dir_close);
    g_rmdir(place->dir);
    g_free(place->path);
    g_free(place->dir);
}

static OsFile *open_file(const char *path, guint flags)
{
    g_autoptr(GError) error = NULL;
    OsFile *file = os_file_open(path, (OsFileFlags)flags, &error);
    g_assert_no_error(error);
    return file;
}

static void assert_open_fails(const char *path, guint flags, gint code, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(os_file_open(path, (OsFileFlags)flags, &error));
    g_assert_error(error, G_IO_ERROR, code);
    g_assert_cmpstr(error->message, !=, "");
    if (text)
        g_assert_cmpstr(error->message, ==, text);
}

static void assert_reads(OsFile *file, const char *text)
{
    g_autoptr(GError) error = NULL;
    char bytes[64];
    gsize got = 99;
    os_file_read(file, bytes, sizeof bytes, &got, &error);
    g_assert_no_error(error);
    g_assert_cmpmem(bytes, (int)got, text, (int)strlen(text));
}

static void assert_read_fails(OsFile *file, gint code, const char *start)
{
    g_autoptr(GError) error = NULL;
    char byte;
    gsize got = 99;
    g_assert_false(os_file_read(file, &byte, 1, &got, &error));
    g_assert_error(error, G_IO_ERROR, code);
    g_assert_true(g_str_has_prefix(error->message, start));
    g_assert_cmpuint(got, ==, 99);
}

static void assert_writes(OsFile *file, const char *text)
{
    g_autoptr(GError) error = NULL;
    gsize put = 0;
    os_file_write(file, text, strlen(text), &put, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(put, ==, strlen(text));
}

static gint64 seek(OsFile *file, gint64 offset, OsSeek from)
{
    g_autoptr(GError) error = NULL;
    gint64 position = -1;
    os_file_seek(file, offset, from, &position, &error);
    g_assert_no_error(error);
    return position;
}

static void put(const char *path, const char *text)
{
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void assert_content(const char *path, const char *text)
{
    g_autofree char *content = NULL;
    gsize size = 0;
    g_assert_true(g_file_get_contents(path, &content, &size, NULL));
    g_assert_cmpstr(content, ==, text);
}

/* What fopen() makes of "old", with "new" written at once and everything read from the start. */
static void test_modes(Place *place, gconstpointer data)
{
    static const struct {
        guint flags;
        const char *missing; /* content after writing to a new file; NULL: is not made */
        const char *content; /* after writing to what held "old..." */
        gboolean reads;
    } modes[] = {
        {WRITE | CREATE | OS_FILE_TRUNCATE, "new", "new", FALSE},
        {WRITE | CREATE | OS_FILE_APPEND, "new", "old\r\nnew", FALSE},
        {READ | WRITE, NULL, "new\r\n", TRUE},
        {READ | WRITE | CREATE | OS_FILE_TRUNCATE, "new", "new", TRUE},
        {READ | WRITE | CREATE | OS_FILE_APPEND, "new", "old\r\nnew", TRUE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(modes); i++) {
        g_remove(place->path);
        if (modes[i].missing) {
            g_autoptr(OsFile) file = open_file(place->path, modes[i].flags);
            assert_writes(file, "new");
            assert_content(place->path, modes[i].missing);
        } else {
            assert_open_fails(place->path, modes[i].flags, G_IO_ERROR_NOT_FOUND, NOT_THERE);
        }
        put(place->path, "old\r\n");
        g_autoptr(OsFile) file = open_file(place->path, modes[i].flags);
        assert_writes(file, "new");
        assert_content(place->path, modes[i].content);
        g_assert_cmpint(seek(file, 0, OS_SEEK_SET), ==, 0);
        if (modes[i].reads)
            assert_reads(file, modes[i].content);
        else
            assert_read_fails(file, G_IO_ERROR_PERMISSION_DENIED, "failed to read file: ");
    }
}

static void test_read_only(Place *place, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    gsize n = 0;

    assert_open_fails(place->path, READ, G_IO_ERROR_NOT_FOUND, NOT_THERE);
    put(place->path, "0123456789");
    g_autoptr(OsFile) file = open_file(place->path, READ);
    g_assert_false(os_file_write(file, "x", 1, &n, &error));
    g_assert_true(g_str_has_prefix(error->message, "failed to write to file: "));
    g_assert_true(os_file_is_regular(file));
    g_assert_cmpuint(os_file_remaining(file), ==, 10);
    g_assert_true(os_file_flush(file, NULL));
    assert_reads(file, "0123456789");
    assert_reads(file, "");
    g_assert_cmpuint(os_file_remaining(file), ==, 0);
}

static void test_append_goes_to_the_end_as_it_is_now(Place *place, gconstpointer data)
{
    g_autoptr(OsFile) first = open_file(place->path, WRITE | CREATE | OS_FILE_APPEND);
    g_autoptr(OsFile) second = open_file(place->path, READ | WRITE | CREATE | OS_FILE_APPEND);
    assert_writes(first, "a");
    assert_writes(second, "b");
    assert_writes(first, "c");
    seek(second, 0, OS_SEEK_SET);
    assert_writes(second, "d");
    assert_content(place->path, "abcd");
    g_assert_cmpint(seek(second, 1, OS_SEEK_SET), ==, 1);
    assert_reads(second, "bcd");
}

static void test_growing(Place *place, gconstpointer data)
{
    g_autoptr(OsFile) writer = open_file(place->path, WRITE | CREATE | OS_FILE_APPEND);
    g_autoptr(OsFile) reader = open_file(place->path, READ);
    assert_reads(reader, "");
    assert_writes(writer, "more");
    assert_reads(reader, "more");
}

/* As long as others do the same; a program that forbids it is obeyed. */
static void test_others_are_not_locked_out(Place *place, gconstpointer data)
{
    put(place->path, "x");
    G_GNUC_UNUSED g_autoptr(OsFile) file = open_file(place->path, READ | WRITE);
    g_autoptr(OsFile) other = open_file(place->path, READ | WRITE);
    g_autofree char *moved = g_strconcat(place->path, "2", NULL);
    assert_reads(other, "x");
    g_assert_no_errno(g_rename(place->path, moved));
    g_assert_no_errno(g_remove(moved));
}

static void test_hidden_is_truncated_too(Place *place, gconstpointer data)
{
    g_autofree wchar_t *wide = os_utf16(place->path, NULL);
    put(place->path, "old content");
    g_assert_true(SetFileAttributesW(wide, FILE_ATTRIBUTE_HIDDEN));
    g_autoptr(OsFile) file = open_file(place->path, WRITE | CREATE | OS_FILE_TRUNCATE);
    assert_writes(file, "x");
    g_assert_true(GetFileAttributesW(wide) & FILE_ATTRIBUTE_HIDDEN);
    assert_content(place->path, "x");
}

static void test_directory(Place *place, gconstpointer data)
{
    assert_open_fails(place->dir, WRITE | CREATE, G_IO_ERROR_PERMISSION_DENIED,
                      os_text_of(ERROR_ACCESS_DENIED));
    g_autoptr(OsFile) file = open_file(place->dir, READ);
    g_assert_false(os_file_is_regular(file));
    assert_read_fails(file, G_IO_ERROR_FAILED, "failed to read file: ");
    g_assert_true(os_file_flush(file, NULL));
}

static void test_seek(Place *place, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    gint64 position = 7;

    put(place->path, "0123456789");
    g_autoptr(OsFile) file = open_file(place->path, READ | WRITE);
    g_assert_cmpint(seek(file, -3, OS_SEEK_END), ==, 7);
    assert_reads(file, "789");
    g_assert_cmpint(seek(file, -1, OS_SEEK_CUR), ==, 9);
    g_assert_false(os_file_seek(file, -1, OS_SEEK_SET, &position, &error));
    g_assert_true(g_str_has_prefix(error->message, "failed to seek file: "));
    g_assert_cmpint(position, ==, 7);
    g_assert_cmpint(seek(file, 0, OS_SEEK_CUR), ==, 9);
    g_assert_cmpint(seek(file, 5, OS_SEEK_END), ==, 15);
    assert_reads(file, "");
    g_assert_cmpuint(os_file_remaining(file), ==, 0);
    g_assert_cmpint(seek(file, G_GINT64_CONSTANT(1) << 33, OS_SEEK_SET), ==,
                    G_GINT64_CONSTANT(1) << 33);
}

static void test_write_past_the_end(Place *place, gconstpointer data)
{
    g_autoptr(OsFile) file = open_file(place->path, READ | WRITE | CREATE);
    char bytes[4] = {9, 9, 9, 9};
    gsize got;
    seek(file, 3, OS_SEEK_SET);
    assert_writes(file, "x");
    seek(file, 0, OS_SEEK_SET);
    g_assert_true(os_file_read(file, bytes, 4, &got, NULL));
    g_assert_cmpmem(bytes, (int)got, "\0\0\0x", 4);
}

static void test_null_device(Place *place, gconstpointer data)
{
    static const char *const names[] = {"NUL", "nul", "\\\\.\\NUL"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(OsFile) file = open_file(names[i], READ | WRITE | CREATE | OS_FILE_TRUNCATE);
        g_assert_false(os_file_is_regular(file));
        assert_writes(file, "gone");
        assert_reads(file, "");
        g_assert_true(os_file_flush(file, NULL));
    }
}

static HANDLE serve(const char *name)
{
    g_autofree wchar_t *wide = os_utf16(name, NULL);
    HANDLE server = CreateNamedPipeW(wide, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
                                     PIPE_TYPE_BYTE, 1, 4096, 4096, 0, NULL);
    g_assert_true(server != INVALID_HANDLE_VALUE);
    return server;
}

static void serve_bytes(HANDLE server, const char *text)
{
    OVERLAPPED io = {.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)};
    DWORD moved = 0;
    WriteFile(server, text, (DWORD)strlen(text), NULL, &io);
    g_assert_true(GetOverlappedResult(server, &io, &moved, TRUE));
    g_assert_cmpuint(moved, ==, strlen(text));
    CloseHandle(io.hEvent);
}

static void test_pipe_for_reading(Place *place, gconstpointer data)
{
    g_autofree char *name = g_strdup_printf("\\\\.\\pipe\\va-test-%lu", GetCurrentProcessId());
    assert_open_fails(name, READ, G_IO_ERROR_NOT_FOUND, NOT_THERE);

    HANDLE server = serve(name);
    g_autoptr(OsFile) file = open_file(name, READ);
    g_autoptr(GError) error = NULL;
    gint64 position;
    g_assert_false(os_file_is_regular(file));
    assert_read_fails(file, G_IO_ERROR_WOULD_BLOCK,
                      "failed to read file: Resource temporarily unavailable");
    serve_bytes(server, "abc");
    assert_reads(file, "abc");
    assert_read_fails(file, G_IO_ERROR_WOULD_BLOCK, "");
    g_assert_false(os_file_seek(file, 0, OS_SEEK_SET, &position, &error));
    g_assert_true(os_file_flush(file, NULL));
    CloseHandle(server);
    assert_reads(file, "");
}

static void test_pipe_that_was_let_go(Place *place, gconstpointer data)
{
    g_autofree char *name = g_strdup_printf("\\\\.\\pipe\\va-test-%lu", GetCurrentProcessId());
    HANDLE server = serve(name);
    g_autoptr(OsFile) file = open_file(name, READ);

    g_assert_true(DisconnectNamedPipe(server));
    assert_reads(file, "");
    CloseHandle(server);
}

/* Nobody reads: it must come back, with what fitted or with an error. */
static void test_pipe_for_writing(Place *place, gconstpointer data)
{
    g_autofree char *name = g_strdup_printf("\\\\.\\pipe\\va-test-%lu", GetCurrentProcessId());
    g_autofree char *much = g_malloc0(100000);
    g_autoptr(GError) error = NULL;
    gsize n = 0;
    HANDLE server = serve(name);
    g_autoptr(OsFile) file = open_file(name, READ | WRITE);

    for (guint i = 0; i < 100 && !error; i++)
        os_file_write(file, much, 1000, &n, &error);
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
    g_assert_true(os_file_flush(file, NULL));
    CloseHandle(server);
}

static void test_pipe_for_appending(Place *place, gconstpointer data)
{
    g_autofree char *name = g_strdup_printf("\\\\.\\pipe\\va-test-%lu", GetCurrentProcessId());
    HANDLE server = serve(name);
    g_autoptr(OsFile) file = open_file(name, WRITE | CREATE | OS_FILE_APPEND);
    assert_writes(file, "added");
    CloseHandle(server);
}

static void test_long_path(Place *place, gconstpointer data)
{
    g_autoptr(GPtrArray) made = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *part = g_strnfill(100, 'd');
    g_autofree char *path = g_strdup(place->dir);

    for (guint i = 0; i < 4; i++) {
        g_autofree char *deeper = g_strconcat(path, "\\", part, NULL);
        g_autofree char *prefixed = g_strconcat("\\\\?\\", deeper, NULL);
        g_autofree wchar_t *wide = os_utf16(prefixed, NULL);
        g_assert_true(CreateDirectoryW(wide, NULL));
        g_ptr_array_add(made, g_steal_pointer(&wide));
        g_free(path);
        path = g_steal_pointer(&deeper);
    }
    g_autofree char *name = g_strconcat(path, "/file", NULL);
    g_autofree char *prefixed = g_strconcat("\\\\?\\", path, "\\file", NULL);
    g_autofree wchar_t *wide = os_utf16(prefixed, NULL);
    OsFile *file = open_file(name, READ | WRITE | CREATE);
    assert_writes(file, "deep");
    g_assert_true(os_file_close(file, NULL));
    file = open_file(prefixed, READ);
    assert_reads(file, "deep");
    os_file_close(file, NULL);
    g_assert_true(DeleteFileW(wide));
    for (guint i = made->len; i-- > 0;)
        g_assert_true(RemoveDirectoryW(g_ptr_array_index(made, i)));
}

static void test_names(Place *place, gconstpointer data)
{
    static const char *const names[] = {"\xc3\xa4\xf0\x9f\x98\x80", "a b", "x.y.z"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_strconcat(place->dir, "/./", names[i], NULL);
        g_strdelimit(path, "\\", '/');
        g_autoptr(OsFile) file = open_file(path, WRITE | CREATE);
        assert_writes(file, names[i]);
        g_autofree char *plain = g_build_filename(place->dir, names[i], NULL);
        assert_content(plain, names[i]);
    }
    g_autofree char *dotted = g_strconcat(place->path, ". .", NULL);
    G_GNUC_UNUSED g_autoptr(OsFile) file = open_file(dotted, WRITE | CREATE);
    assert_content(place->path, "");
}

static void test_bad_names(Place *place, gconstpointer data)
{
    g_autofree char *endless = g_strnfill(40000, 'x');
    g_autofree char *missing = g_build_filename(place->dir, "no", "file", NULL);
    assert_open_fails("", READ, G_IO_ERROR_NOT_FOUND, NULL);
    assert_open_fails("a\xff", READ, G_IO_ERROR_INVALID_ARGUMENT, NULL);
    assert_open_fails(missing, WRITE | CREATE, G_IO_ERROR_NOT_FOUND, NULL);
    g_autoptr(GError) error = NULL;
    g_assert_null(os_file_open(endless, OS_FILE_READ, &error));
    g_assert_nonnull(error);
}

static void test_largest(Place *place, gconstpointer data)
{
    const gsize most = 48 * 1024 * 1024;
    g_autofree char *bytes = g_malloc(most), *back = g_malloc(most + 1);
    gsize moved = 0, n;
    g_autoptr(OsFile) file = open_file(place->path, READ | WRITE | CREATE);

    for (gsize i = 0; i < most; i++)
        bytes[i] = (char)(i * 2654435761u >> 13);
    for (; moved < most; moved += n)
        g_assert_true(os_file_write(file, bytes + moved, most - moved, &n, NULL));
    g_assert_true(os_file_flush(file, NULL));
    seek(file, 0, OS_SEEK_SET);
    g_assert_cmpuint(os_file_remaining(file), ==, most);
    for (moved = 0, n = 1; n > 0; moved += n)
        g_assert_true(os_file_read(file, back + moved, most + 1 - moved, &n, NULL));
    g_assert_cmpuint(moved, ==, most);
    g_assert_cmpint(memcmp(back, bytes, most), ==, 0);
    g_assert_false(os_file_read_at_hand(file, back, 1));
}

static void test_leaves_nothing_open(Place *place, gconstpointer data)
{
    DWORD before = 0, after = 0;
    put(place->path, "x");
    GetProcessHandleCount(GetCurrentProcess(), &before);
    for (guint i = 0; i < 50; i++) {
        g_assert_true(os_file_close(open_file(place->path, READ), NULL));
        assert_open_fails("C:\\no\\such", READ, G_IO_ERROR_NOT_FOUND, NULL);
    }
    GetProcessHandleCount(GetCurrentProcess(), &after);
    g_assert_cmpuint(after, <=, before);
    g_assert_true(os_file_close(NULL, NULL));
}

#define TEST(name, function)                                                                       \
    g_test_add("/file/" name, Place, NULL, place_open, function, place_close)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    TEST("modes-are-those-of-posix", test_modes);
    TEST("read-only-reads-and-no-more", test_read_only);
    TEST("append-goes-to-the-end-as-it-is-now", test_append_goes_to_the_end_as_it_is_now);
    TEST("what-is-added-after-the-end-is-read", test_growing);
    TEST("others-are-not-locked-out", test_others_are_not_locked_out);
    TEST("hidden-file-is-truncated-and-stays-hidden", test_hidden_is_truncated_too);
    TEST("directory-opens-but-does-not-read", test_directory);
    TEST("seek-may-pass-the-end-but-not-the-start", test_seek);
    TEST("a-gap-reads-as-zeros", test_write_past_the_end);
    TEST("null-device-takes-all-and-gives-nothing", test_null_device);
    TEST("pipe-gives-what-is-there", test_pipe_for_reading);
    TEST("pipe-ends-when-its-server-lets-go", test_pipe_that_was_let_go);
    TEST("full-pipe-does-not-block", test_pipe_for_writing);
    TEST("pipe-is-appended-to", test_pipe_for_appending);
    TEST("paths-may-be-long", test_long_path);
    TEST("names-are-what-windows-makes-of-them", test_names);
    TEST("bad-names-are-errors", test_bad_names);
    TEST("largest-read", test_largest);
    TEST("nothing-is-left-open", test_leaves_nothing_open);
    return g_test_run();
}
