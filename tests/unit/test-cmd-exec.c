/* SPDX-License-Identifier: Apache-2.0 */
#include "agent.h"
#include "fake-process.h"
#include "schema-commands.h"

#include <string.h>

/* No more of an agent than the exec commands need. */
struct VaAgent {
    VaExecTable *execs;
};

VaFileTable *va_agent_files(VaAgent *agent)
{
    return NULL;
}

VaExecTable *va_agent_execs(VaAgent *agent)
{
    return agent->execs;
}

VaState *va_agent_state(VaAgent *agent)
{
    return NULL;
}

static void agent_open(VaAgent *agent, gconstpointer data)
{
    agent->execs = va_exec_table_new();
}

static void agent_close(VaAgent *agent, gconstpointer data)
{
    va_exec_table_free(agent->execs);
    fake_processes_reset();
}

static gint64 run(VaAgent *agent, const GuestExecIn *in, GError **error)
{
    g_autoptr(GuestExec) out = NULL;
    VaExec *held = cmd_exec_take(agent, in, error);
    if (!held)
        return -1;
    gboolean done = cmd_exec(held, in, &out, error);
    g_assert_cmpint(cmd_exec_give(agent, held, &out, done, error), ==, done);
    return done ? out->pid : -1;
}

static FakeProcess *must_run(VaAgent *agent, const GuestExecIn *in)
{
    g_autoptr(GError) error = NULL;
    gint64 pid = run(agent, in, &error);
    g_assert_no_error(error);
    g_assert_cmpint(pid, ==, fake_process_pid(fake_process_last()));
    return fake_process_last();
}

static GuestExecStatus *status(VaAgent *agent, FakeProcess *process)
{
    const GuestExecStatusIn in = {.pid = fake_process_pid(process)};
    g_autoptr(GError) error = NULL;
    GuestExecStatus *out = NULL;
    cmd_exec_status(agent, &in, &out, &error);
    g_assert_no_error(error);
    return out;
}

static GPtrArray *strings(const char *first, const char *second)
{
    GPtrArray *array = g_ptr_array_new();
    g_ptr_array_add(array, (gpointer)first);
    g_ptr_array_add(array, (gpointer)second);
    return array;
}

static void test_arguments(VaAgent *agent, gconstpointer data)
{
    g_autoptr(GPtrArray) args = strings("a b", "");
    const GuestExecIn in = {.path = (char *)"prog", .arg = args};
    const char *const *argv = fake_process_argv(must_run(agent, &in));
    g_assert_cmpstrv(argv, ((const char *const[]){"prog", "a b", "", NULL}));
    g_assert_null(fake_process_envp(fake_process_last()));
}

static void test_environment(VaAgent *agent, gconstpointer data)
{
    g_autoptr(GPtrArray) env = strings("A=1", "odd");
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    const GuestExecIn in = {.path = (char *)"prog", .env = env};
    const GuestExecIn empty = {.path = (char *)"prog", .env = none};
    g_assert_cmpstrv(fake_process_envp(must_run(agent, &in)),
                     ((const char *const[]){"A=1", "odd", NULL}));
    g_assert_cmpstrv(fake_process_argv(fake_process_last()), ((const char *const[]){"prog", NULL}));
    g_assert_nonnull(fake_process_envp(must_run(agent, &empty)));
    g_assert_null(fake_process_envp(fake_process_last())[0]);
}

#define FLAG(f)                                                                                    \
    {                                                                                              \
        .choice = GUEST_EXEC_CAPTURE_OUTPUT_FLAG, .flag = (f)                                      \
    }
#define MODE(m)                                                                                    \
    {                                                                                              \
        .choice = GUEST_EXEC_CAPTURE_OUTPUT_MODE, .mode = GUEST_EXEC_CAPTURE_OUTPUT_MODE_##m       \
    }

static const struct {
    GuestExecCaptureOutput capture;
    OsProcessFlags flags;
} captures[] = {
    {FLAG(FALSE), 0},
    {FLAG(TRUE), OS_PROCESS_STDOUT | OS_PROCESS_STDERR},
    {MODE(NONE), 0},
    {MODE(STDOUT), OS_PROCESS_STDOUT},
    {MODE(STDERR), OS_PROCESS_STDERR},
    {MODE(SEPARATED), OS_PROCESS_STDOUT | OS_PROCESS_STDERR},
    {MODE(MERGED), OS_PROCESS_STDOUT | OS_PROCESS_MERGE},
};

static void test_capture_modes(VaAgent *agent, gconstpointer data)
{
    g_autoptr(GBytes) input = g_bytes_new_static("fed", 3);
    for (guint i = 0; i < G_N_ELEMENTS(captures); i++) {
        GuestExecCaptureOutput capture = captures[i].capture;
        GuestExecIn in = {.path = (char *)"prog", .capture_output = &capture};
        g_assert_cmpuint(fake_process_flags(must_run(agent, &in)), ==, captures[i].flags);
        in.input_data = input;
        g_assert_cmpuint(fake_process_flags(must_run(agent, &in)), ==,
                         captures[i].flags | OS_PROCESS_STDIN);
    }
}

static void test_nothing_is_captured_by_default(VaAgent *agent, gconstpointer data)
{
    const GuestExecIn in = {.path = (char *)"prog"};
    g_assert_cmpuint(fake_process_flags(must_run(agent, &in)), ==, 0);
}

static void test_input(VaAgent *agent, gconstpointer data)
{
    g_autoptr(GBytes) input = g_bytes_new_static("a\0b", 3);
    const GuestExecIn in = {.path = (char *)"prog", .input_data = input};
    FakeStream *pipe = fake_process_stream(must_run(agent, &in), 0);
    fake_stream_settle(pipe);
    g_assert_cmpmem(fake_stream_written(pipe)->str, (int)fake_stream_written(pipe)->len, "a\0b", 3);
    g_assert_true(fake_stream_is_closed(pipe));
}

static void test_failure(VaAgent *agent, gconstpointer data)
{
    const GuestExecIn in = {.path = (char *)"/bin/x"};
    g_autoptr(GError) error = NULL;
    fake_processes_fail_next("No such file or directory");
    g_assert_cmpint(run(agent, &in, &error), ==, -1);
    g_assert_cmpstr(error->message, ==,
                    "Failed to execute child process \xE2\x80\x9C/bin/x\xE2\x80\x9D "
                    "(No such file or directory)");
}

/* A failed start must give its reservation back. */
static void test_failures_do_not_add_up(VaAgent *agent, gconstpointer data)
{
    const GuestExecIn in = {.path = (char *)"/bin/x"};
    for (guint i = 0; i <= VA_EXEC_RECORDS_MAX; i++) {
        fake_processes_fail_next("no");
        g_assert_cmpint(run(agent, &in, NULL), ==, -1);
    }
    must_run(agent, &in);
}

static void test_status_while_running(VaAgent *agent, gconstpointer data)
{
    const GuestExecIn in = {.path = (char *)"prog"};
    g_autoptr(GuestExecStatus) out = status(agent, must_run(agent, &in));
    g_assert_false(out->exited);
    g_assert_false(out->has_exitcode || out->has_signal);
    g_assert_false(out->has_out_truncated || out->has_err_truncated);
    g_assert_null(out->out_data);
    g_assert_null(out->err_data);
}

static void test_status_of_exit(VaAgent *agent, gconstpointer data)
{
    GuestExecCaptureOutput both = FLAG(TRUE);
    const GuestExecIn in = {.path = (char *)"prog", .capture_output = &both};
    FakeProcess *process = must_run(agent, &in);
    fake_stream_feed_text(fake_process_stream(process, 2), "oops");
    fake_stream_feed_end(fake_process_stream(process, 1));
    fake_stream_feed_end(fake_process_stream(process, 2));
    fake_process_exit(process, 42);

    g_autoptr(GuestExecStatus) out = status(agent, process);
    g_assert_true(out->exited && out->has_exitcode);
    g_assert_cmpint(out->exitcode, ==, 42);
    g_assert_false(out->has_signal);
    g_assert_null(out->out_data);
    g_assert_cmpuint(g_bytes_get_size(out->err_data), ==, 4);
    g_assert_false(out->has_out_truncated);
    g_assert_true(out->has_err_truncated && !out->err_truncated);
}

static void test_status_of_signal(VaAgent *agent, gconstpointer data)
{
    const GuestExecIn in = {.path = (char *)"prog"};
    FakeProcess *process = must_run(agent, &in);
    fake_process_kill(process, 15);
    g_autoptr(GuestExecStatus) out = status(agent, process);
    g_assert_true(out->exited && out->has_signal);
    g_assert_cmpint(out->signal, ==, 15);
    g_assert_false(out->has_exitcode);
}

static void test_status_of_cut_output(VaAgent *agent, gconstpointer data)
{
    GuestExecCaptureOutput stdout_only = MODE(STDOUT);
    const GuestExecIn in = {.path = (char *)"prog", .capture_output = &stdout_only};
    g_autofree char *much = g_strnfill(17 * 1024 * 1024, 'x');
    FakeProcess *process = must_run(agent, &in);
    fake_stream_feed_text(fake_process_stream(process, 1), much);
    fake_stream_settle(fake_process_stream(process, 1));
    fake_stream_feed_end(fake_process_stream(process, 1));
    fake_process_exit(process, 0);

    g_autoptr(GuestExecStatus) out = status(agent, process);
    g_assert_true(out->has_out_truncated && out->out_truncated);
    g_assert_cmpuint(g_bytes_get_size(out->out_data), ==, 16 * 1024 * 1024);
    g_assert_false(out->has_err_truncated);
}

static void test_status_of_nobody(VaAgent *agent, gconstpointer data)
{
    const GuestExecStatusIn in = {.pid = 123};
    g_autoptr(GError) error = NULL;
    GuestExecStatus *out = NULL;
    g_assert_false(cmd_exec_status(agent, &in, &out, &error));
    g_assert_null(out);
    g_assert_cmpstr(error->message, ==, "PID 123 does not exist");
}

#define TEST(name, function)                                                                       \
    g_test_add("/cmd-exec/" name, VaAgent, NULL, agent_open, function, agent_close)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    TEST("arguments-follow-the-path", test_arguments);
    TEST("environment-is-replaced-or-inherited", test_environment);
    TEST("capture-modes", test_capture_modes);
    TEST("nothing-is-captured-by-default", test_nothing_is_captured_by_default);
    TEST("input-is-fed-and-ended", test_input);
    TEST("failure-names-path-and-reason", test_failure);
    TEST("failures-do-not-add-up", test_failures_do_not_add_up);
    TEST("status/while-running", test_status_while_running);
    TEST("status/of-an-exit", test_status_of_exit);
    TEST("status/of-a-signal", test_status_of_signal);
    TEST("status/of-cut-output", test_status_of_cut_output);
    TEST("status/of-an-unknown-number", test_status_of_nobody);
    return g_test_run();
}
