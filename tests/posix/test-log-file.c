/* SPDX-License-Identifier: Apache-2.0 */
#include "log.h"
#include "os-log.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    char *dir;
    char *path;
    char *rotated;
} Place;

static void set_up(Place *place, gconstpointer data)
{
    place->dir = g_dir_make_tmp("virtagent-XXXXXX", NULL);
    place->path = g_build_filename(place->dir, "agent.log", NULL);
    place->rotated = g_build_filename(place->dir, "agent.log.1", NULL);
}

static void tear_down(Place *place, gconstpointer data)
{
    g_remove(place->path);
    g_remove(place->rotated);
    g_assert_cmpint(g_rmdir(place->dir), ==, 0);
    g_free(place->path);
    g_free(place->rotated);
    g_free(place->dir);
}

static void check_contents(const char *path, const char *expected)
{
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, expected);
}

static void check_last_message(const char *path, const char *expected)
{
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    const char *message = strstr(text, ": ");
    g_assert_nonnull(message);
    g_assert_cmpstr(message, ==, expected);
}

static guint mode_of(const char *path)
{
    struct stat status;
    g_assert_cmpint(stat(path, &status), ==, 0);
    return status.st_mode & 07777;
}

static void write_text(const char *path, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(OsLogFile) file = os_log_file_open(path, &error);
    g_assert_no_error(error);
    os_log_file_write(file, text, strlen(text));
}

static void a_new_file_is_for_its_owner_only(Place *place, gconstpointer data)
{
    mode_t mask = umask(0);
    write_text(place->path, "one\n");
    umask(mask);
    g_assert_cmpuint(mode_of(place->path), ==, 0600);
    check_contents(place->path, "one\n");
}

static void an_old_file_keeps_its_mode_and_contents(Place *place, gconstpointer data)
{
    g_assert_true(g_file_set_contents(place->path, "old\n", -1, NULL));
    g_assert_cmpint(g_chmod(place->path, 0640), ==, 0);
    write_text(place->path, "new\n");
    g_assert_cmpuint(mode_of(place->path), ==, 0640);
    check_contents(place->path, "old\nnew\n");
}

static void two_writers_both_append(Place *place, gconstpointer data)
{
    g_autoptr(OsLogFile) first = os_log_file_open(place->path, NULL);
    g_autoptr(OsLogFile) second = os_log_file_open(place->path, NULL);
    os_log_file_write(first, "a\n", 2);
    os_log_file_write(second, "b\n", 2);
    os_log_file_write(first, "c\n", 2);
    check_contents(place->path, "a\nb\nc\n");
}

static void a_file_that_cannot_be_opened_is_named(Place *place, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *expected =
        g_strdup_printf("failed to open log file '%s': %s", place->dir, g_strerror(EISDIR));
    g_assert_null(os_log_file_open(place->dir, &error));
    g_assert_cmpstr(error->message, ==, expected);
}

static void a_pipe_nobody_reads_does_not_stop_us(Place *place, gconstpointer data)
{
    g_assert_cmpint(mkfifo(place->path, 0600), ==, 0);
    g_assert_null(os_log_file_open(place->path, NULL));
}

static void after_a_rotation_the_new_file_is_used(Place *place, gconstpointer data)
{
    g_autoptr(VaLog) log = va_log_new();
    g_assert_true(va_log_to_file(log, place->path, NULL));
    va_log_write(log, G_LOG_LEVEL_MESSAGE, "before");
    g_assert_cmpint(g_rename(place->path, place->rotated), ==, 0);
    va_log_write(log, G_LOG_LEVEL_WARNING, "to the old one");
    g_assert_false(g_file_test(place->path, G_FILE_TEST_EXISTS));

    g_assert_true(va_log_reopen(log, NULL));
    va_log_write(log, G_LOG_LEVEL_MESSAGE, "after");
    check_last_message(place->path, ": message: after\n");
}

static void a_held_log_does_not_touch_the_disk(Place *place, gconstpointer data)
{
    g_autoptr(VaLog) log = va_log_new();
    va_log_hold(log, TRUE);
    g_assert_true(va_log_to_file(log, place->path, NULL));
    va_log_write(log, G_LOG_LEVEL_MESSAGE, "kept");
    g_assert_false(g_file_test(place->path, G_FILE_TEST_EXISTS));
    va_log_hold(log, FALSE);
    check_last_message(place->path, ": message: kept\n");
}

static void only_the_journals_own_stream_is_the_journal(Place *place, gconstpointer data)
{
    struct stat status;
    g_assert_cmpint(fstat(STDERR_FILENO, &status), ==, 0);
    g_autofree char *ours = g_strdup_printf("%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT,
                                            (guint64)status.st_dev, (guint64)status.st_ino);
    g_unsetenv("JOURNAL_STREAM");
    g_assert_false(os_log_owns_stderr());
    g_setenv("JOURNAL_STREAM", ours, TRUE);
    g_assert_true(os_log_owns_stderr());
    g_setenv("JOURNAL_STREAM", "1:2", TRUE);
    g_assert_false(os_log_owns_stderr());
    g_unsetenv("JOURNAL_STREAM");
}

static void add(const char *path, void (*test)(Place *, gconstpointer))
{
    g_test_add(path, Place, NULL, set_up, test, tear_down);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("/log-file/a-new-file-is-for-its-owner-only", a_new_file_is_for_its_owner_only);
    add("/log-file/an-old-file-keeps-its-mode-and-contents",
        an_old_file_keeps_its_mode_and_contents);
    add("/log-file/two-writers-both-append", two_writers_both_append);
    add("/log-file/a-file-that-cannot-be-opened-is-named", a_file_that_cannot_be_opened_is_named);
    add("/log-file/a-pipe-nobody-reads-does-not-stop-us", a_pipe_nobody_reads_does_not_stop_us);
    add("/log-file/after-a-rotation-the-new-file-is-used", after_a_rotation_the_new_file_is_used);
    add("/log-file/a-held-log-does-not-touch-the-disk", a_held_log_does_not_touch_the_disk);
    add("/log-file/only-the-journals-own-stream-is-the-journal",
        only_the_journals_own_stream_is_the_journal);
    return g_test_run();
}
