/* SPDX-License-Identifier: Apache-2.0 */
#include "exec-table.h"
#include "exec.h"
#include "loop.h"

#include <errno.h>
#include <gio/gio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The books of core/ on real programs. */

#define BOTH (OS_PROCESS_STDOUT | OS_PROCESS_STDERR)

typedef struct {
    VaExecTable *table;
    VaExecResult result;
} Fixture;

static void result_clear(VaExecResult *result)
{
    g_clear_pointer(&result->out, g_bytes_unref);
    g_clear_pointer(&result->err, g_bytes_unref);
}

static void open_table(Fixture *fixture, gconstpointer data)
{
    fixture->table = va_exec_table_new();
}

static void close_table(Fixture *fixture, gconstpointer data)
{
    result_clear(&fixture->result);
    va_exec_table_free(fixture->table);
}

static gint64 start(Fixture *fixture, const char *script, GBytes *input, OsProcessFlags flags)
{
    const char *const argv[] = {"/bin/sh", "-c", script, NULL};
    g_autoptr(GError) error = NULL;
    VaExec *exec = va_exec_table_reserve(fixture->table, input, flags, &error);
    g_assert_no_error(error);
    va_exec_spawn(exec, argv, NULL, &error);
    g_assert_no_error(error);
    gint64 pid = va_exec_pid(exec);
    va_exec_table_add(fixture->table, exec);
    return pid;
}

static gboolean collected(Fixture *fixture, gint64 pid)
{
    g_autoptr(GError) error = NULL;
    g_assert_true(va_exec_table_collect(fixture->table, pid, &fixture->result, &error));
    g_assert_no_error(error);
    return fixture->result.exited;
}

static void finish(Fixture *fixture, gint64 pid)
{
    result_clear(&fixture->result);
    loop_until(collected(fixture, pid));
}

static void run(Fixture *fixture, const char *script, GBytes *input, OsProcessFlags flags)
{
    finish(fixture, start(fixture, script, input, flags));
}

static void assert_bytes(GBytes *bytes, const char *text)
{
    if (!text) {
        g_assert_null(bytes);
        return;
    }
    g_autoptr(GBytes) expected = g_bytes_new_static(text, strlen(text));
    g_assert_nonnull(bytes);
    g_assert_true(g_bytes_equal(bytes, expected));
}

static const struct {
    OsProcessFlags flags;
    const char *out;
    const char *err;
} modes[] = {
    {0, NULL, NULL},
    {OS_PROCESS_STDOUT, "out\n", NULL},
    {OS_PROCESS_STDERR, NULL, "err\n"},
    {BOTH, "out\n", "err\n"},
    {OS_PROCESS_STDOUT | OS_PROCESS_MERGE, "out\nerr\n", NULL},
};

static void test_modes(Fixture *fixture, gconstpointer data)
{
    for (guint i = 0; i < G_N_ELEMENTS(modes); i++) {
        run(fixture, "echo out; echo err >&2", NULL, modes[i].flags);
        assert_bytes(fixture->result.out, modes[i].out);
        assert_bytes(fixture->result.err, modes[i].err);
        g_assert_false(fixture->result.out_truncated || fixture->result.err_truncated);
    }
}

static void test_input_in_every_mode(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GBytes) input = g_bytes_new_static("fed", 3);
    for (guint i = 0; i < G_N_ELEMENTS(modes); i++) {
        run(fixture, "test \"$(cat)\" = fed", input, modes[i].flags);
        g_assert_cmpint(fixture->result.end.value, ==, 0);
    }
}

static void test_empty_input_ends_at_once(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GBytes) input = g_bytes_new_static("", 0);
    run(fixture, "cat; echo done", input, OS_PROCESS_STDOUT);
    assert_bytes(fixture->result.out, "done\n");
}

static GBytes *pattern(gsize size)
{
    guint32 *words = g_malloc(size);
    for (gsize i = 0; i < size / sizeof *words; i++)
        words[i] = (guint32)(i * 2654435761u);
    return g_bytes_new_take(words, size);
}

static void test_large_input_comes_back(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GBytes) input = pattern(5 * 1024 * 1024);
    run(fixture, "cat", input, OS_PROCESS_STDOUT);
    g_assert_true(g_bytes_equal(fixture->result.out, input));
}

static void test_output_is_cut(Fixture *fixture, gconstpointer data)
{
    run(fixture, "head -c 20000000 /dev/zero; echo $? >&2", NULL, BOTH);
    g_assert_cmpuint(g_bytes_get_size(fixture->result.out), ==, VA_EXEC_OUTPUT_MAX);
    g_assert_true(fixture->result.out_truncated);
    g_assert_false(fixture->result.err_truncated);
    assert_bytes(fixture->result.err, "0\n");
}

static void test_output_of_the_limit_is_whole(Fixture *fixture, gconstpointer data)
{
    run(fixture, "head -c 16777216 /dev/zero", NULL, OS_PROCESS_STDOUT);
    g_assert_cmpuint(g_bytes_get_size(fixture->result.out), ==, VA_EXEC_OUTPUT_MAX);
    g_assert_false(fixture->result.out_truncated);
}

static guint count_descriptors(void)
{
    g_autoptr(GDir) dir = g_dir_open("/proc/self/fd", 0, NULL);
    guint count = 0;
    while (g_dir_read_name(dir))
        count++;
    return count;
}

static void test_unread_input_costs_nothing(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GBytes) input = pattern(1024 * 1024);
    gint64 pid = start(fixture, "sleep 60", input, OS_PROCESS_STDOUT);
    g_main_context_iteration(NULL, FALSE);
    g_assert_true(loop_is_quiet());
    kill((pid_t)pid, SIGKILL);
    finish(fixture, pid);
    g_assert_true(fixture->result.end.signaled);
    g_assert_cmpint(fixture->result.end.value, ==, SIGKILL);
}

static void test_closed_input_costs_nothing(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GBytes) input = pattern(1024 * 1024);
    gint64 pid = start(fixture, "exec <&-; exec sleep 60", input, 0);
    while (!loop_is_quiet())
        continue;
    kill((pid_t)pid, SIGTERM);
    finish(fixture, pid);
}

static void test_early_end_leaves_no_descriptor(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GBytes) input = pattern(1024 * 1024);
    guint before;
    run(fixture, "exit 1", input, BOTH);
    before = count_descriptors();
    for (guint i = 0; i < 10; i++)
        run(fixture, "exit 1", input, BOTH);
    g_assert_cmpuint(count_descriptors(), ==, before);
    g_assert_true(loop_is_quiet());
}

static void test_grandchild_does_not_hold_up(Fixture *fixture, gconstpointer data)
{
    gint64 before = g_get_monotonic_time();
    run(fixture, "sleep 30 & echo $!", NULL, BOTH);
    g_assert_cmpint(g_get_monotonic_time() - before, <, 10 * G_USEC_PER_SEC);
    g_assert_cmpint(fixture->result.end.value, ==, 0);

    pid_t sleeper = (pid_t)g_ascii_strtoll(g_bytes_get_data(fixture->result.out, NULL), NULL, 10);
    g_assert_cmpint(sleeper, >, 1);
    g_assert_true(loop_is_quiet());
    g_assert_no_errno(kill(sleeper, SIGKILL));
}

static gboolean look_again(gpointer data)
{
    return G_SOURCE_CONTINUE;
}

/* It writes on after the end of its parent, to a pipe that must not be closed. */
static void test_grandchild_is_not_killed(Fixture *fixture, gconstpointer data)
{
    g_autofree char *dir = g_dir_make_tmp("va-exec-XXXXXX", NULL);
    g_autofree char *proof = g_build_filename(dir, "proof", NULL);
    g_autofree char *script = g_strdup_printf(
        "(exec 2>&-; sleep 0.4; head -c 300000 /dev/zero && echo alive >%s) & exit 5", proof);
    gint64 pid = start(fixture, script, NULL, OS_PROCESS_STDOUT);

    finish(fixture, pid);
    g_assert_cmpint(fixture->result.end.value, ==, 5);
    guint look = g_timeout_add(20, look_again, NULL);
    loop_until(g_file_test(proof, G_FILE_TEST_EXISTS));
    g_source_remove(look);
    g_assert_no_errno(unlink(proof));
    g_assert_no_errno(rmdir(dir));
}

static void test_output_of_the_program_itself_is_whole(Fixture *fixture, gconstpointer data)
{
    run(fixture, "sleep 30 <&- 2>&- & echo $! >&2; head -c 60000 /dev/zero", NULL, BOTH);
    g_assert_cmpuint(g_bytes_get_size(fixture->result.out), ==, 60000);
    kill((pid_t)g_ascii_strtoll(g_bytes_get_data(fixture->result.err, NULL), NULL, 10), SIGKILL);
}

static void test_many(Fixture *fixture, gconstpointer data)
{
    guint before = 0;
    for (guint i = 0; i < 200; i++) {
        run(fixture, "echo x", NULL, BOTH);
        if (i == 0)
            before = count_descriptors();
    }
    g_assert_cmpuint(count_descriptors(), ==, before);
    errno = 0;
    g_assert_cmpint(waitpid(-1, NULL, WNOHANG), ==, -1);
    g_assert_cmpint(errno, ==, ECHILD);
}

#define TEST(name, function)                                                                       \
    g_test_add("/exec/" name, Fixture, NULL, open_table, function, close_table)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    signal(SIGPIPE, SIG_IGN);
    TEST("every-capture-mode", test_modes);
    TEST("input-works-in-every-mode", test_input_in_every_mode);
    TEST("empty-input-ends-at-once", test_empty_input_ends_at_once);
    TEST("large-input-comes-back-whole", test_large_input_comes_back);
    TEST("output-is-cut-at-its-limit", test_output_is_cut);
    TEST("output-of-the-limit-is-whole", test_output_of_the_limit_is_whole);
    TEST("unread-input-costs-nothing", test_unread_input_costs_nothing);
    TEST("closed-input-costs-nothing", test_closed_input_costs_nothing);
    TEST("an-early-end-leaves-no-descriptor", test_early_end_leaves_no_descriptor);
    TEST("grandchild-does-not-hold-up-the-answer", test_grandchild_does_not_hold_up);
    TEST("grandchild-is-not-killed", test_grandchild_is_not_killed);
    TEST("own-output-is-whole-beside-a-grandchild", test_output_of_the_program_itself_is_whole);
    TEST("two-hundred-leave-nothing-behind", test_many);
    return g_test_run();
}
