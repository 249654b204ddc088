/* SPDX-License-Identifier: Apache-2.0 */
#include "file-table.h"
#include "schema-commands.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The file commands, the parts of them that run on a lane, on real files. */

typedef struct {
    char *dir;
    char *path; /* a name in dir */
    mode_t umask;
} Place;

static void place_open(Place *place, gconstpointer data)
{
    place->dir = g_dir_make_tmp("va-file-XXXXXX", NULL);
    place->path = g_build_filename(place->dir, "file", NULL);
    place->umask = umask(0);
}

static void place_close(Place *place, gconstpointer data)
{
    g_autoptr(GDir) dir = g_dir_open(place->dir, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(place->dir, name, NULL);
        g_assert_no_errno(g_remove(path));
    }
    g_assert_no_errno(g_rmdir(place->dir));
    umask(place->umask);
    g_free(place->path);
    g_free(place->dir);
}

static VaFile *open_file(const char *path, const char *mode)
{
    const GuestFileOpenIn in = {.path = (char *)path, .mode = (char *)mode};
    g_autoptr(VaFile) file = va_file_new();
    g_autoptr(GError) error = NULL;
    gint64 unused;
    cmd_file_open(file, &in, &unused, &error);
    g_assert_no_error(error);
    return g_steal_pointer(&file);
}

static void assert_open_fails(const char *path, const char *mode, const char *reason)
{
    const GuestFileOpenIn in = {.path = (char *)path, .mode = (char *)mode};
    g_autoptr(VaFile) file = va_file_new();
    g_autoptr(GError) error = NULL;
    gint64 unused;
    g_autofree char *text =
        g_strdup_printf("failed to open file '%s' (mode: '%s'): %s", path, mode, reason);
    g_assert_false(cmd_file_open(file, &in, &unused, &error));
    g_assert_cmpstr(error->message, ==, text);
}

static GuestFileRead *read_file(VaFile *file, gint64 count)
{
    const GuestFileReadIn in = {.has_count = TRUE, .count = count};
    g_autoptr(GError) error = NULL;
    GuestFileRead *read = NULL;
    cmd_file_read(file, &in, &read, &error);
    g_assert_no_error(error);
    g_assert_cmpint(read->count, ==, (gint64)g_bytes_get_size(read->buf_b64));
    return read;
}

static void assert_reads(VaFile *file, gint64 count, const char *text, gboolean eof)
{
    g_autoptr(GuestFileRead) read = read_file(file, count);
    g_autoptr(GBytes) expected = g_bytes_new_static(text, strlen(text));
    g_assert_true(g_bytes_equal(read->buf_b64, expected));
    g_assert_cmpint(read->eof, ==, eof);
}

static void assert_read_fails(VaFile *file, const char *text)
{
    const GuestFileReadIn in = {0};
    g_autoptr(GError) error = NULL;
    GuestFileRead *read = NULL;
    g_assert_false(cmd_file_read(file, &in, &read, &error));
    g_assert_null(read);
    g_assert_cmpstr(error->message, ==, text);
}

static gint64 write_file(VaFile *file, gconstpointer data, gsize size, GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static(data, size);
    const GuestFileWriteIn in = {.buf_b64 = bytes};
    g_autoptr(GuestFileWrite) written = NULL;
    if (!cmd_file_write(file, &in, &written, error))
        return -1;
    g_assert_false(written->eof);
    return written->count;
}

static void assert_writes(VaFile *file, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(write_file(file, text, strlen(text), &error), ==, (gint64)strlen(text));
    g_assert_no_error(error);
}

static void assert_write_fails(VaFile *file, const char *message)
{
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(write_file(file, "abc", 3, &error), ==, -1);
    g_assert_cmpstr(error->message, ==, message);
}

static void assert_content(const char *path, const char *text)
{
    g_autofree char *content = NULL;
    g_assert_true(g_file_get_contents(path, &content, NULL, NULL));
    g_assert_cmpstr(content, ==, text);
}

static void put(const char *path, const char *text)
{
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void test_missing(Place *place, gconstpointer data)
{
    assert_open_fails(place->path, "r", "No such file or directory");
    assert_open_fails(place->path, "r+", "No such file or directory");
    assert_open_fails("", "w", "No such file or directory");
    assert_open_fails(place->dir, "w", "Is a directory");
}

static void test_end_of_file(Place *place, gconstpointer data)
{
    put(place->path, "0123456789");
    g_autoptr(VaFile) file = open_file(place->path, "r");
    assert_reads(file, 0, "", FALSE);
    assert_reads(file, 4, "0123", FALSE);
    assert_reads(file, 6, "456789", FALSE);
    assert_reads(file, 6, "", TRUE);
    g_autoptr(VaFile) again = open_file(place->path, "rb");
    assert_reads(again, 11, "0123456789", TRUE);
}

static void test_growing_file(Place *place, gconstpointer data)
{
    put(place->path, "");
    g_autoptr(VaFile) reader = open_file(place->path, "r");
    g_autoptr(VaFile) writer = open_file(place->path, "a");
    assert_reads(reader, 10, "", TRUE);
    assert_writes(writer, "more");
    assert_reads(reader, 10, "more", TRUE);
}

static void test_written_at_once(Place *place, gconstpointer data)
{
    g_autoptr(VaFile) file = open_file(place->path, "w");
    assert_writes(file, "now");
    assert_content(place->path, "now");
    assert_read_fails(file, "failed to read file: Bad file descriptor");
}

static void test_append(Place *place, gconstpointer data)
{
    put(place->path, "old");
    g_autoptr(VaFile) file = open_file(place->path, "a+");
    assert_reads(file, 3, "old", FALSE);
    assert_writes(file, "new");
    assert_content(place->path, "oldnew");
}

static void test_truncate(Place *place, gconstpointer data)
{
    put(place->path, "old content");
    g_autoptr(VaFile) file = open_file(place->path, "w+");
    assert_writes(file, "x");
    assert_content(place->path, "x");
    g_autoptr(VaFile) keeps = open_file(place->path, "r+");
    assert_writes(keeps, "y");
    assert_content(place->path, "y");
}

static guint mode_of(const char *path)
{
    struct stat info;
    g_assert_no_errno(stat(path, &info));
    return info.st_mode & 07777;
}

static void test_permissions(Place *place, gconstpointer data)
{
    G_GNUC_UNUSED g_autoptr(VaFile) file = open_file(place->path, "w");
    g_assert_cmpuint(mode_of(place->path), ==, 0644);

    g_assert_no_errno(unlink(place->path));
    umask(0077);
    G_GNUC_UNUSED g_autoptr(VaFile) private = open_file(place->path, "a");
    g_assert_cmpuint(mode_of(place->path), ==, 0600);

    g_assert_no_errno(g_chmod(place->path, 0755));
    G_GNUC_UNUSED g_autoptr(VaFile) existing = open_file(place->path, "w");
    g_assert_cmpuint(mode_of(place->path), ==, 0755);
}

static void test_dangling_link(Place *place, gconstpointer data)
{
    g_autofree char *link = g_build_filename(place->dir, "link", NULL);
    g_assert_no_errno(symlink(place->path, link));
    assert_open_fails(link, "r", "No such file or directory");
    g_autoptr(VaFile) file = open_file(link, "w");
    assert_writes(file, "through");
    assert_content(place->path, "through");
}

static void test_directory(Place *place, gconstpointer data)
{
    g_autoptr(VaFile) file = open_file(place->dir, "r");
    assert_read_fails(file, "failed to read file: Is a directory");
}

static void test_descriptors_close_on_exec(Place *place, gconstpointer data)
{
    put(place->path, "");
    G_GNUC_UNUSED g_autoptr(VaFile) file = open_file(place->path, "r");
    g_autoptr(GDir) dir = g_dir_open("/proc/self/fd", 0, NULL);
    const char *name;
    guint found = 0;
    while ((name = g_dir_read_name(dir))) {
        g_autofree char *link = g_build_filename("/proc/self/fd", name, NULL);
        g_autofree char *target = g_file_read_link(link, NULL);
        if (g_strcmp0(target, place->path) != 0)
            continue;
        found++;
        g_assert_cmpint(fcntl(atoi(name), F_GETFD) & FD_CLOEXEC, ==, FD_CLOEXEC);
    }
    g_assert_cmpuint(found, ==, 1);
}

static void test_fifo_for_reading(Place *place, gconstpointer data)
{
    g_assert_no_errno(mkfifo(place->path, 0600));
    g_autoptr(VaFile) file = open_file(place->path, "r");
    assert_reads(file, 10, "", TRUE);

    int writer = open(place->path, O_WRONLY | O_CLOEXEC);
    assert_read_fails(file, "failed to read file: Resource temporarily unavailable");
    g_assert_cmpint(write(writer, "abc", 3), ==, 3);
    assert_reads(file, 10, "abc", FALSE);
    g_assert_cmpint(write(writer, "defg", 4), ==, 4);
    assert_reads(file, 3, "def", FALSE);
    assert_reads(file, 3, "g", FALSE);
    assert_read_fails(file, "failed to read file: Resource temporarily unavailable");
    close(writer);
    assert_reads(file, 3, "", TRUE);
}

static void test_fifo_for_writing(Place *place, gconstpointer data)
{
    g_assert_no_errno(mkfifo(place->path, 0600));
    assert_open_fails(place->path, "w", "No such device or address");

    int reader = open(place->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    g_autoptr(VaFile) file = open_file(place->path, "w");
    g_autofree char *much = g_malloc0(1024 * 1024);
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(write_file(file, much, 1024 * 1024, &error), ==, fcntl(reader, F_GETPIPE_SZ));
    assert_write_fails(file, "failed to write to file: Resource temporarily unavailable");
    close(reader);
}

static void test_fifo_cannot_seek(Place *place, gconstpointer data)
{
    GuestFileWhence whence = {.choice = GUEST_FILE_WHENCE_VALUE, .value = 1};
    const GuestFileSeekIn in = {.whence = &whence};
    g_autoptr(GError) error = NULL;
    GuestFileSeek *seek = NULL;
    g_assert_no_errno(mkfifo(place->path, 0600));
    g_autoptr(VaFile) file = open_file(place->path, "r");
    g_assert_false(cmd_file_seek(file, &in, &seek, &error));
    g_assert_cmpstr(error->message, ==, "failed to seek file: Illegal seek");
}

/* What was just written is in the page cache; not every file system can say so. */
static void test_at_hand(Place *place, gconstpointer data)
{
    char bytes[16] = {0};
    put(place->path, "0123456789");
    g_autoptr(VaFile) file = open_file(place->path, "r");
    g_assert_false(os_file_read_at_hand(va_file_os(file), bytes, 11));
    if (os_file_read_at_hand(va_file_os(file), bytes, 4))
        g_assert_cmpint(memcmp(bytes, "0123", 4), ==, 0);
    else
        assert_reads(file, 4, "0123", FALSE);
    g_assert_false(os_file_read_at_hand(va_file_os(file), bytes, 7));
    assert_reads(file, 100, "456789", TRUE);
}

static void test_sparse_end(Place *place, gconstpointer data)
{
    GuestFileWhence whence = {.choice = GUEST_FILE_WHENCE_NAME, .name = QGA_SEEK_END};
    const GuestFileSeekIn in = {.whence = &whence, .offset = 100};
    g_autoptr(GError) error = NULL;
    g_autoptr(GuestFileSeek) seek = NULL;
    put(place->path, "0123456789");
    g_autoptr(VaFile) file = open_file(place->path, "r");
    g_assert_true(cmd_file_seek(file, &in, &seek, &error));
    g_assert_cmpint(seek->position, ==, 110);
    g_assert_false(seek->eof);
    assert_reads(file, 5, "", TRUE);
}

static void test_full_device(Place *place, gconstpointer data)
{
    const GuestFileFlushIn in = {0};
    g_autoptr(GError) error = NULL;
    g_autoptr(VaFile) file = open_file("/dev/full", "w");
    assert_write_fails(file, "failed to write to file: No space left on device");
    g_assert_true(cmd_file_flush(file, &in, &error));
}

static void test_flush(Place *place, gconstpointer data)
{
    static const char *const paths[] = {"/proc/self/comm", "/dev/null", "/"};
    const GuestFileFlushIn in = {0};
    for (guint i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(VaFile) file = open_file(paths[i], "r");
        cmd_file_flush(file, &in, &error);
        g_assert_no_error(error);
    }
}

/* Its size is said to be 0. */
static void test_proc_file_is_read_whole(Place *place, gconstpointer data)
{
    g_autofree char *expected = NULL;
    gsize size;
    g_assert_true(g_file_get_contents("/proc/kallsyms", &expected, &size, NULL));
    g_autoptr(VaFile) file = open_file("/proc/kallsyms", "r");
    g_autoptr(GuestFileRead) read = read_file(file, 48 * 1024 * 1024);
    g_assert_cmpint(read->count, ==, (gint64)size);
    g_assert_true(read->eof);
}

static void test_largest_read(Place *place, gconstpointer data)
{
    const gint64 most = 48 * 1024 * 1024;
    g_autoptr(VaFile) zero = open_file("/dev/zero", "r");
    g_autoptr(GuestFileRead) from_device = read_file(zero, most);
    g_assert_cmpint(from_device->count, ==, most);
    g_assert_false(from_device->eof);

    put(place->path, "");
    g_assert_no_errno(truncate(place->path, most + 1));
    g_autoptr(VaFile) file = open_file(place->path, "r");
    g_autoptr(GuestFileRead) from_file = read_file(file, most);
    g_assert_cmpint(from_file->count, ==, most);
    g_assert_false(from_file->eof);
    g_autoptr(GuestFileRead) rest = read_file(file, most);
    g_assert_cmpint(rest->count, ==, 1);
    g_assert_true(rest->eof);
}

#define TEST(name, function)                                                                       \
    g_test_add("/file/" name, Place, NULL, place_open, function, place_close)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    TEST("errors-name-path-mode-and-reason", test_missing);
    TEST("end-is-met-by-a-read-beyond-it", test_end_of_file);
    TEST("what-is-added-after-the-end-is-read", test_growing_file);
    TEST("written-is-with-the-system-at-once", test_written_at_once);
    TEST("append-reads-from-the-start", test_append);
    TEST("only-w-truncates", test_truncate);
    TEST("new-ones-are-0644-less-the-umask", test_permissions);
    TEST("a-dangling-link-makes-its-target", test_dangling_link);
    TEST("directory-opens-but-does-not-read", test_directory);
    TEST("descriptors-close-on-exec", test_descriptors_close_on_exec);
    TEST("fifo-gives-what-is-there", test_fifo_for_reading);
    TEST("fifo-takes-what-fits", test_fifo_for_writing);
    TEST("fifo-cannot-seek", test_fifo_cannot_seek);
    TEST("what-is-not-all-at-hand-moves-nothing", test_at_hand);
    TEST("seek-may-pass-the-end", test_sparse_end);
    TEST("full-device-fails-at-the-write", test_full_device);
    TEST("what-cannot-be-synced-flushes", test_flush);
    TEST("file-of-unknown-size-is-read-whole", test_proc_file_is_read_whole);
    TEST("largest-read", test_largest_read);
    return g_test_run();
}
