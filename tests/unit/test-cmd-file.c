/* SPDX-License-Identifier: Apache-2.0 */
#include "agent.h"
#include "fake-file.h"
#include "schema-commands.h"

#include <glib/gstdio.h>
#include <string.h>

/* No more of an agent than the file commands need. */
struct VaAgent {
    VaFileTable *files;
    VaState *state;
    char *dir;
};

VaFileTable *va_agent_files(VaAgent *agent)
{
    return agent->files;
}

VaExecTable *va_agent_execs(VaAgent *agent)
{
    return NULL;
}

VaState *va_agent_state(VaAgent *agent)
{
    return agent->state;
}

static void agent_open(VaAgent *agent, gconstpointer data)
{
    agent->dir = g_dir_make_tmp("va-cmd-file-XXXXXX", NULL);
    agent->files = va_file_table_new();
    agent->state = va_state_load(agent->dir, NULL);
}

static void agent_close(VaAgent *agent, gconstpointer data)
{
    g_autofree char *file = g_build_filename(agent->dir, "qga.state", NULL);
    va_file_table_free(agent->files);
    va_state_free(agent->state);
    fake_files_reset();
    g_remove(file);
    g_rmdir(agent->dir);
    g_free(agent->dir);
}

/* Each command as a lane would run it; -1 or NULL is a failure. */

static gint64 file_open(VaAgent *agent, const char *path, const char *mode, GError **error)
{
    const GuestFileOpenIn in = {.path = (char *)path, .mode = (char *)mode};
    gint64 handle = -1;
    VaFile *held = cmd_file_open_take(agent, &in, error);
    if (!held)
        return -1;
    gboolean done = cmd_file_open(held, &in, &handle, error);
    return cmd_file_open_give(agent, held, &handle, done, error) ? handle : -1;
}

static gboolean file_close(VaAgent *agent, gint64 handle, GError **error)
{
    const GuestFileCloseIn in = {.handle = handle};
    VaFile *held = cmd_file_close_take(agent, &in, error);
    if (!held)
        return FALSE;
    gboolean done = cmd_file_close(held, &in, error);
    return cmd_file_close_give(agent, held, done, error);
}

static GuestFileRead *file_read(VaAgent *agent, const GuestFileReadIn *in, GError **error)
{
    GuestFileRead *out = NULL;
    VaFile *held = cmd_file_read_take(agent, in, error);
    if (!held)
        return NULL;
    gboolean done = cmd_file_read(held, in, &out, error);
    g_assert_cmpint(cmd_file_read_give(agent, held, &out, done, error), ==, done);
    return out;
}

static GuestFileWrite *file_write(VaAgent *agent, const GuestFileWriteIn *in, GError **error)
{
    GuestFileWrite *out = NULL;
    VaFile *held = cmd_file_write_take(agent, in, error);
    if (!held)
        return NULL;
    gboolean done = cmd_file_write(held, in, &out, error);
    g_assert_cmpint(cmd_file_write_give(agent, held, &out, done, error), ==, done);
    return out;
}

static GuestFileSeek *file_seek(VaAgent *agent, const GuestFileSeekIn *in, GError **error)
{
    GuestFileSeek *out = NULL;
    VaFile *held = cmd_file_seek_take(agent, in, error);
    if (!held)
        return NULL;
    gboolean done = cmd_file_seek(held, in, &out, error);
    g_assert_cmpint(cmd_file_seek_give(agent, held, &out, done, error), ==, done);
    return out;
}

static gboolean file_flush(VaAgent *agent, gint64 handle, GError **error)
{
    const GuestFileFlushIn in = {.handle = handle};
    VaFile *held = cmd_file_flush_take(agent, &in, error);
    if (!held)
        return FALSE;
    gboolean done = cmd_file_flush(held, &in, error);
    return cmd_file_flush_give(agent, held, done, error);
}

static gint64 must_open(VaAgent *agent, const char *path, const char *mode)
{
    g_autoptr(GError) error = NULL;
    gint64 handle = file_open(agent, path, mode, &error);
    g_assert_no_error(error);
    return handle;
}

static void assert_reads(VaAgent *agent, gint64 handle, gint64 count, const char *text,
                         gboolean eof)
{
    const GuestFileReadIn in = {.handle = handle, .has_count = count >= 0, .count = count};
    g_autoptr(GError) error = NULL;
    g_autoptr(GuestFileRead) out = file_read(agent, &in, &error);
    g_assert_no_error(error);
    g_autoptr(GBytes) expected = g_bytes_new_static(text, strlen(text));
    g_assert_true(g_bytes_equal(out->buf_b64, expected));
    g_assert_cmpint(out->count, ==, (gint64)strlen(text));
    g_assert_cmpint(out->eof, ==, eof);
}

static void assert_read_fails(VaAgent *agent, gint64 handle, gint64 count, const char *message)
{
    const GuestFileReadIn in = {.handle = handle, .has_count = TRUE, .count = count};
    g_autoptr(GError) error = NULL;
    g_assert_null(file_read(agent, &in, &error));
    g_assert_cmpstr(error->message, ==, message);
}

static GuestFileWrite *write_text(VaAgent *agent, gint64 handle, const char *text, gint64 count,
                                  GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static(text, strlen(text));
    const GuestFileWriteIn in = {
        .handle = handle, .buf_b64 = bytes, .has_count = count != G_MAXINT64, .count = count};
    return file_write(agent, &in, error);
}

static void assert_writes(VaAgent *agent, gint64 handle, const char *text, gint64 count,
                          gint64 expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GuestFileWrite) out = write_text(agent, handle, text, count, &error);
    g_assert_no_error(error);
    g_assert_cmpint(out->count, ==, expected);
    g_assert_false(out->eof);
}

static void assert_write_fails(VaAgent *agent, gint64 handle, gint64 count, const char *message)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(write_text(agent, handle, "abc", count, &error));
    g_assert_cmpstr(error->message, ==, message);
}

static void assert_content(const char *path, const char *text)
{
    const GByteArray *bytes = fake_file_find(path)->bytes;
    g_assert_cmpmem(bytes->data, (int)bytes->len, text, (int)strlen(text));
}

#define R OS_FILE_READ
#define W OS_FILE_WRITE
#define C OS_FILE_CREATE
#define T OS_FILE_TRUNCATE
#define A OS_FILE_APPEND

static const struct {
    const char *mode;
    OsFileFlags flags;
} modes[] = {
    {NULL, R},
    {"r", R},
    {"rb", R},
    {"w", W | C | T},
    {"wb", W | C | T},
    {"a", W | C | A},
    {"ab", W | C | A},
    {"r+", R | W},
    {"rb+", R | W},
    {"r+b", R | W},
    {"w+", R | W | C | T},
    {"wb+", R | W | C | T},
    {"w+b", R | W | C | T},
    {"a+", R | W | C | A},
    {"ab+", R | W | C | A},
    {"a+b", R | W | C | A},
};

static void test_modes(VaAgent *agent, gconstpointer data)
{
    fake_file_make("/f", "");
    for (guint i = 0; i < G_N_ELEMENTS(modes); i++) {
        g_assert_cmpint(must_open(agent, "/f", modes[i].mode), ==, 1000 + i);
        g_assert_cmpint(fake_files_last_flags(), ==, modes[i].flags);
    }
}

static void test_wrong_modes(VaAgent *agent, gconstpointer data)
{
    static const char *const wrong[] = {"", "rw", "b", "R", "r ", "rbb", "x", "w+x", "br", "r+b+"};
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *message = g_strdup_printf("invalid file open mode '%s'", wrong[i]);
        g_assert_cmpint(file_open(agent, "/f", wrong[i], &error), ==, -1);
        g_assert_cmpstr(error->message, ==, message);
    }
    g_assert_null(fake_file_find("/f"));
}

static void test_open_error(VaAgent *agent, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(file_open(agent, "nope", NULL, &error), ==, -1);
    g_assert_cmpstr(error->message, ==,
                    "failed to open file 'nope' (mode: 'r'): No such file or directory");
    fake_file_make("/f", "");
    g_assert_cmpint(must_open(agent, "/f", NULL), ==, 1000);
}

static void test_no_number_no_file(VaAgent *agent, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_assert_no_errno(g_rmdir(agent->dir));
    g_assert_cmpint(file_open(agent, "/f", "w", &error), ==, -1);
    g_assert_true(g_str_has_prefix(error->message, "failed to commit persistent state to disk: "));
    g_assert_cmpuint(fake_files_open(), ==, 0);
}

static void test_bounded(VaAgent *agent, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    for (guint i = 0; i < VA_FILES_MAX; i++)
        must_open(agent, "/f", "a");
    g_assert_cmpint(file_open(agent, "/other", "w", &error), ==, -1);
    g_assert_cmpstr(error->message, ==, "too many open files: 1024 handles have not been closed");
    g_assert_null(fake_file_find("/other"));
}

static void test_unknown_handle(VaAgent *agent, gconstpointer data)
{
    GuestFileWhence whence = {.choice = GUEST_FILE_WHENCE_VALUE, .value = 9};
    const GuestFileSeekIn seek = {.handle = -1, .whence = &whence};
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) error_seek = NULL;
    g_autoptr(GError) error_flush = NULL;
    assert_read_fails(agent, 99, -1, "handle '99' has not been found");
    assert_write_fails(agent, 99, -1, "handle '99' has not been found");
    g_assert_null(file_seek(agent, &seek, &error_seek));
    g_assert_cmpstr(error_seek->message, ==, "handle '-1' has not been found");
    g_assert_false(file_flush(agent, 0, &error_flush));
    g_assert_cmpstr(error_flush->message, ==, "handle '0' has not been found");
    g_assert_false(file_close(agent, 1000, &error));
    g_assert_cmpstr(error->message, ==, "handle '1000' has not been found");
}

static void test_end_of_file(VaAgent *agent, gconstpointer data)
{
    fake_file_make("/f", "0123456789");
    gint64 handle = must_open(agent, "/f", "r");
    assert_reads(agent, handle, 0, "", FALSE);
    assert_reads(agent, handle, 10, "0123456789", FALSE);
    assert_reads(agent, handle, 0, "", FALSE);
    assert_reads(agent, handle, 10, "", TRUE);
    handle = must_open(agent, "/f", "r");
    assert_reads(agent, handle, -1, "0123456789", TRUE);
}

static void test_count(VaAgent *agent, gconstpointer data)
{
    g_autofree char *text = g_strnfill(5000, 'x');
    g_autofree char *first = g_strnfill(4096, 'x');
    fake_file_make("/f", text);
    gint64 handle = must_open(agent, "/f", "r");
    assert_reads(agent, handle, -1, first, FALSE);
    assert_read_fails(agent, handle, -1, "value '-1' is invalid for argument count");
    assert_read_fails(agent, handle, 50331649, "value '50331649' is invalid for argument count");
    assert_read_fails(agent, handle, G_MININT64,
                      "value '-9223372036854775808' is invalid for argument count");
    assert_reads(agent, handle, 50331648, text + 4096, TRUE);
}

/* A short file asked for with a large count, and read in small bites. */
static void test_memory_follows_the_file(VaAgent *agent, gconstpointer data)
{
    fake_file_make("/f", "0123456789")->read_most = 3;
    assert_reads(agent, must_open(agent, "/f", "r"), 48 * 1024 * 1024, "0123456789", TRUE);
    g_assert_cmpuint(fake_files_largest_read(), <=, 64 * 1024);
}

static void test_unknown_size(VaAgent *agent, gconstpointer data)
{
    g_autofree char *text = g_strnfill(1000000, 'x');
    fake_file_make("/f", text)->sizeless = TRUE;
    assert_reads(agent, must_open(agent, "/f", "r"), 48 * 1024 * 1024, text, TRUE);
    g_assert_cmpuint(fake_files_largest_read(), <=, 1024 * 1024);
    assert_reads(agent, must_open(agent, "/f", "r"), 1000000, text, FALSE);
}

static void test_read_at_once(VaAgent *agent, gconstpointer data)
{
    FakeFile *file = fake_file_make("/f", "0123456789");
    gint64 handle = must_open(agent, "/f", "r");
    const GuestFileReadIn all = {.handle = handle, .has_count = TRUE, .count = 10};
    const GuestFileReadIn more = {.handle = handle, .has_count = TRUE, .count = 11};
    const GuestFileReadIn bad = {.handle = handle, .has_count = TRUE, .count = -1};
    g_autoptr(VaFile) held = cmd_file_read_take(agent, &all, NULL);
    g_autoptr(GuestFileRead) out = NULL;

    g_assert_false(cmd_file_read_at_once(held, &all, &out));
    file->at_hand = TRUE;
    g_assert_false(cmd_file_read_at_once(held, &more, &out));
    g_assert_false(cmd_file_read_at_once(held, &bad, &out));
    g_assert_null(out);
    g_assert_true(cmd_file_read_at_once(held, &all, &out));
    g_assert_cmpint(out->count, ==, 10);
    g_assert_false(out->eof);
    g_assert_cmpuint(g_bytes_get_size(out->buf_b64), ==, 10);
    g_assert_cmpint(memcmp(g_bytes_get_data(out->buf_b64, NULL), "0123456789", 10), ==, 0);
    assert_reads(agent, handle, 10, "", TRUE);
}

static void test_read_error_in_the_middle(VaAgent *agent, gconstpointer data)
{
    fake_file_make("/f", "0123456789")->read_most = 5;
    gint64 handle = must_open(agent, "/f", "r");
    assert_reads(agent, handle, 5, "01234", FALSE);
    fake_files_fail_next("os_file_read", "failed to read file: Input/output error");
    assert_read_fails(agent, handle, 5, "failed to read file: Input/output error");
}

static void test_pipe_read(VaAgent *agent, gconstpointer data)
{
    FakeFile *pipe = fake_file_make("/p", "0123456789");
    pipe->is_pipe = TRUE;
    pipe->has_writer = TRUE;
    pipe->read_most = 4;
    gint64 handle = must_open(agent, "/p", "r");
    assert_reads(agent, handle, 10, "0123", FALSE);
    assert_reads(agent, handle, 3, "456", FALSE);
    assert_reads(agent, handle, 10, "789", FALSE);
    assert_read_fails(agent, handle, 10, "failed to read file: Resource temporarily unavailable");
    pipe->has_writer = FALSE;
    assert_reads(agent, handle, 10, "", TRUE);
}

static void test_write(VaAgent *agent, gconstpointer data)
{
    gint64 handle = must_open(agent, "/f", "w");
    fake_file_find("/f")->write_most = 2;
    assert_writes(agent, handle, "hello", G_MAXINT64, 5);
    assert_writes(agent, handle, "world", 2, 2);
    assert_writes(agent, handle, "", G_MAXINT64, 0);
    assert_writes(agent, handle, "x", 0, 0);
    assert_write_fails(agent, handle, 4, "value '4' is invalid for argument count");
    assert_write_fails(agent, handle, -1, "value '-1' is invalid for argument count");
    assert_content("/f", "hellowo");
}

static void test_full_file(VaAgent *agent, gconstpointer data)
{
    gint64 handle = must_open(agent, "/f", "w");
    fake_file_find("/f")->capacity = 2;
    assert_write_fails(agent, handle, G_MAXINT64,
                       "failed to write to file: No space left on device");
}

static void test_full_pipe(VaAgent *agent, gconstpointer data)
{
    FakeFile *pipe = fake_file_make("/p", "");
    pipe->is_pipe = TRUE;
    pipe->capacity = 4;
    gint64 handle = must_open(agent, "/p", "w");
    assert_writes(agent, handle, "abc", G_MAXINT64, 3);
    assert_writes(agent, handle, "abc", G_MAXINT64, 1);
    assert_write_fails(agent, handle, G_MAXINT64,
                       "failed to write to file: Resource temporarily unavailable");
}

static void assert_seeks(VaAgent *agent, gint64 handle, GuestFileWhence whence, gint64 offset,
                         gint64 position)
{
    const GuestFileSeekIn in = {.handle = handle, .offset = offset, .whence = &whence};
    g_autoptr(GError) error = NULL;
    g_autoptr(GuestFileSeek) out = file_seek(agent, &in, &error);
    g_assert_no_error(error);
    g_assert_cmpint(out->position, ==, position);
    g_assert_false(out->eof);
}

static void assert_seek_fails(VaAgent *agent, gint64 handle, gint64 whence, gint64 offset,
                              const char *message)
{
    GuestFileWhence by_number = {.choice = GUEST_FILE_WHENCE_VALUE, .value = whence};
    const GuestFileSeekIn in = {.handle = handle, .offset = offset, .whence = &by_number};
    g_autoptr(GError) error = NULL;
    g_assert_null(file_seek(agent, &in, &error));
    g_assert_cmpstr(error->message, ==, message);
}

#define BY_NUMBER(n) ((GuestFileWhence){.choice = GUEST_FILE_WHENCE_VALUE, .value = (n)})
#define BY_NAME(n)   ((GuestFileWhence){.choice = GUEST_FILE_WHENCE_NAME, .name = (n)})

static void test_seek(VaAgent *agent, gconstpointer data)
{
    fake_file_make("/f", "0123456789");
    gint64 handle = must_open(agent, "/f", "r");
    assert_seeks(agent, handle, BY_NUMBER(0), 4, 4);
    assert_seeks(agent, handle, BY_NUMBER(1), 2, 6);
    assert_seeks(agent, handle, BY_NUMBER(2), -1, 9);
    assert_reads(agent, handle, 5, "9", TRUE);
    assert_seeks(agent, handle, BY_NAME(QGA_SEEK_SET), 3, 3);
    assert_seeks(agent, handle, BY_NAME(QGA_SEEK_CUR), -3, 0);
    assert_seeks(agent, handle, BY_NAME(QGA_SEEK_END), 5, 15);
    assert_seek_fails(agent, handle, 0, -1, "failed to seek file: Invalid argument");
    assert_seek_fails(agent, handle, 3, 0, "invalid whence code 3");
    assert_seek_fails(agent, handle, -1, 0, "invalid whence code -1");
}

static void test_failing_close(VaAgent *agent, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) again = NULL;
    gint64 handle = must_open(agent, "/f", "w");
    fake_files_fail_next("os_file_close", "failed to close handle: No space left on device");
    g_assert_false(file_close(agent, handle, &error));
    g_assert_cmpstr(error->message, ==, "failed to close handle: No space left on device");
    g_assert_false(file_close(agent, handle, &again));
    g_assert_cmpstr(again->message, ==, "handle '1000' has not been found");
    g_assert_cmpint(must_open(agent, "/f", "w"), ==, 1001);
}

/* Two sessions: one reads while the other closes. */
static void test_closed_while_in_use(VaAgent *agent, gconstpointer data)
{
    const GuestFileReadIn in = {0};
    g_autoptr(GuestFileRead) out = NULL;
    g_autoptr(GError) error = NULL;
    fake_file_make("/f", "text");
    gint64 handle = must_open(agent, "/f", "r");
    VaFile *held = cmd_file_read_take(agent, &(GuestFileReadIn){.handle = handle}, &error);
    g_assert_true(file_close(agent, handle, &error));
    g_assert_true(cmd_file_read(held, &in, &out, &error));
    g_assert_cmpint(out->count, ==, 4);
    g_assert_true(cmd_file_read_give(agent, held, &out, TRUE, &error));
    g_assert_cmpuint(fake_files_open(), ==, 0);
}

static void test_flush(VaAgent *agent, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    gint64 handle = must_open(agent, "/f", "w");
    g_assert_true(file_flush(agent, handle, &error));
    fake_files_fail_next("os_file_flush", "failed to flush file: Input/output error");
    g_assert_false(file_flush(agent, handle, &error));
    g_assert_cmpstr(error->message, ==, "failed to flush file: Input/output error");
}

#define TEST(name, function)                                                                       \
    g_test_add("/cmd-file/" name, VaAgent, NULL, agent_open, function, agent_close)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    TEST("open/sixteen-modes", test_modes);
    TEST("open/other-modes-are-refused", test_wrong_modes);
    TEST("open/error-names-path-mode-and-reason", test_open_error);
    TEST("open/without-a-number-nothing-stays-open", test_no_number_no_file);
    TEST("open/is-bounded", test_bounded);
    TEST("handle-is-checked-first", test_unknown_handle);
    TEST("read/end-is-met-by-a-read-beyond-it", test_end_of_file);
    TEST("read/count-has-a-default-and-a-limit", test_count);
    TEST("read/memory-follows-the-file", test_memory_follows_the_file);
    TEST("read/unknown-size-is-read-whole", test_unknown_size);
    TEST("read/what-is-at-hand-is-read-at-once", test_read_at_once);
    TEST("read/error-is-told", test_read_error_in_the_middle);
    TEST("read/pipe-gives-what-is-there", test_pipe_read);
    TEST("write/count-limits-it", test_write);
    TEST("write/full-file-is-an-error", test_full_file);
    TEST("write/full-pipe-takes-a-part", test_full_pipe);
    TEST("seek/by-number-and-by-name", test_seek);
    TEST("close/failing-close-drops-the-handle", test_failing_close);
    TEST("close/waits-for-the-last-user", test_closed_while_in_use);
    TEST("flush/error-is-told", test_flush);
    return g_test_run();
}
