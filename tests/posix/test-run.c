/* SPDX-License-Identifier: Apache-2.0 */
#include "loop.h"
#include "os-run.h"

#include <errno.h>
#include <gio/gio.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define BIG (1024 * 1024)

/* More than any run here takes, less than the programs that must not be waited for. */
#define SOON_SECONDS 20

static OsRunResult run_it(const OsRun *run)
{
    g_autoptr(GError) error = NULL;
    OsRunResult result;
    gboolean started = os_run(run, &result, &error);

    g_assert_no_error(error);
    g_assert_true(started);
    return result;
}

static OsRunResult run_shell_limited(const char *script, guint time_limit)
{
    const char *const argv[] = {"/bin/sh", "-c", script, NULL};
    return run_it(&(OsRun){.argv = argv, .time_limit = time_limit, .output_last = 4096});
}

static OsRunResult run_shell(const char *script)
{
    return run_shell_limited(script, 0);
}

static void assert_exits(const OsRunResult *result, gint64 status)
{
    g_assert_false(result->timed_out);
    g_assert_false(result->end.signaled);
    g_assert_cmpint(result->end.value, ==, status);
    g_assert_cmpint(os_run_succeeded(result), ==, status == 0);
}

static void assert_no_children(void)
{
    errno = 0;
    g_assert_cmpint(waitpid(-1, NULL, WNOHANG), ==, -1);
    g_assert_cmpint(errno, ==, ECHILD);
}

static guint count_descriptors(void)
{
    g_autoptr(GDir) dir = g_dir_open("/proc/self/fd", 0, NULL);
    guint count = 0;
    while (g_dir_read_name(dir))
        count++;
    return count;
}

static void test_success(void)
{
    g_auto(OsRunResult) result = run_shell("echo one; echo two >&2; echo three");
    assert_exits(&result, 0);
    g_assert_cmpstr(result.output, ==, "one\ntwo\nthree\n");
}

static void test_exit_status(void)
{
    g_auto(OsRunResult) result = run_shell("exit 7");
    assert_exits(&result, 7);
    g_assert_cmpstr(result.output, ==, "");
}

static void test_signal(void)
{
    g_auto(OsRunResult) result = run_shell("kill -9 $$");
    g_assert_true(result.end.signaled);
    g_assert_cmpint(result.end.value, ==, SIGKILL);
    g_assert_false(result.timed_out);
    g_assert_false(os_run_succeeded(&result));
}

static void test_failure_to_start(void)
{
    const char *const argv[] = {"/nonexistent/program", NULL};
    g_autoptr(GError) error = NULL;
    OsRunResult result = {.output = NULL};
    guint before = count_descriptors();

    g_assert_false(os_run(&(OsRun){.argv = argv}, &result, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
    g_assert_cmpstr(error->message, ==,
                    "failed to execute '/nonexistent/program': No such file or directory");
    g_assert_null(result.output);
    g_assert_cmpuint(count_descriptors(), ==, before);
    assert_no_children();
}

static void test_input(void)
{
    const char *const argv[] = {"cat", NULL};
    const OsRun run = {.argv = argv, .input = "abc\n", .input_size = 4, .output_last = 100};
    const OsRun empty = {.argv = argv, .input = "", .output_last = 100};
    const OsRun none = {.argv = argv, .output_last = 100};
    g_auto(OsRunResult) result = run_it(&run), ended = run_it(&empty), null = run_it(&none);

    assert_exits(&result, 0);
    g_assert_cmpstr(result.output, ==, "abc\n");
    assert_exits(&ended, 0);
    assert_exits(&null, 0);
}

/* Neither pipe holds a fraction of it: reading and writing must take turns. */
static void test_big_input_comes_back(void)
{
    const char *const argv[] = {"cat", NULL};
    g_autofree char *big = g_malloc(BIG);
    for (gsize i = 0; i < BIG; i++)
        big[i] = (char)('a' + i % 23);
    g_auto(OsRunResult) result =
        run_it(&(OsRun){.argv = argv, .input = big, .input_size = BIG, .output_last = 2 * BIG});

    assert_exits(&result, 0);
    g_assert_cmpuint(strlen(result.output), ==, BIG);
    g_assert_cmpmem(result.output, BIG, big, BIG);
}

static void test_big_input_to_a_program_that_does_not_read(void)
{
    const char *const deaf[] = {"/bin/sh", "-c", "echo no; exit 5", NULL};
    const char *const closing[] = {"/bin/sh", "-c", "exec <&-; echo yes; sleep 0.1; exit 6", NULL};
    g_autofree char *big = g_strnfill(BIG, 'x');
    OsRun run = {.argv = deaf, .input = big, .input_size = BIG, .output_last = 100};
    g_auto(OsRunResult) first = run_it(&run);
    run.argv = closing;
    g_auto(OsRunResult) second = run_it(&run);

    assert_exits(&first, 5);
    g_assert_cmpstr(first.output, ==, "no\n");
    assert_exits(&second, 6);
    g_assert_cmpstr(second.output, ==, "yes\n");
}

static void test_last_of_a_long_output(void)
{
    const char *const argv[] = {"/bin/sh", "-c", "seq 1 200000; printf end", NULL};
    g_auto(OsRunResult) last = run_it(&(OsRun){.argv = argv, .output_last = 12});
    g_auto(OsRunResult) none = run_it(&(OsRun){.argv = argv});

    assert_exits(&last, 0);
    g_assert_cmpstr(last.output, ==, "9\n200000\nend");
    assert_exits(&none, 0);
    g_assert_cmpstr(none.output, ==, "");
}

static void test_nul_in_the_output(void)
{
    g_auto(OsRunResult) result = run_shell("printf 'a\\000\\000b\\000'");
    g_assert_cmpstr(result.output, ==, "a??b?");
}

/* A descendant keeps both ends of the pipes open and is left alone. */
static void test_descendant_is_not_waited_for(void)
{
    g_autoptr(GTimer) timer = g_timer_new();
    g_auto(OsRunResult) result = run_shell("sleep 60 & echo $!; exit 4");
    pid_t descendant = (pid_t)g_ascii_strtoll(result.output, NULL, 10);

    assert_exits(&result, 4);
    g_assert_cmpfloat(g_timer_elapsed(timer, NULL), <, SOON_SECONDS);
    g_assert_cmpint(descendant, >, 1);
    g_assert_no_errno(kill(descendant, SIGKILL));
}

static void test_descendant_that_never_stops_writing(void)
{
    g_autoptr(GTimer) timer = g_timer_new();
    g_auto(OsRunResult) result = run_shell("yes & echo $! >&2; exit 0");

    assert_exits(&result, 0);
    g_assert_cmpfloat(g_timer_elapsed(timer, NULL), <, SOON_SECONDS);
}

static void test_output_closed_early(void)
{
    g_auto(OsRunResult) result = run_shell("echo bye; exec >&- 2>&-; sleep 0.2; exit 3");
    assert_exits(&result, 3);
    g_assert_cmpstr(result.output, ==, "bye\n");
}

static void test_time_limit(void)
{
    g_autoptr(GTimer) timer = g_timer_new();
    g_auto(OsRunResult) result = run_shell_limited("echo started; exec sleep 60", 500);

    g_assert_true(result.timed_out);
    g_assert_false(os_run_succeeded(&result));
    g_assert_cmpfloat(g_timer_elapsed(timer, NULL), >=, 0.5);
    g_assert_cmpfloat(g_timer_elapsed(timer, NULL), <, SOON_SECONDS);
    g_assert_cmpstr(result.output, ==, "started\n");
    assert_no_children();
}

static void test_time_limit_is_for_the_whole_group(void)
{
    g_auto(OsRunResult) result =
        run_shell_limited("(trap 'echo asked; exit' TERM; while :; do sleep 0.05; done) & "
                          "trap 'wait; exit' TERM; wait",
                          1000);
    g_assert_true(result.timed_out);
    g_assert_true(g_str_has_suffix(result.output, "asked\n")); /* after the shell's own word */
    assert_no_children();
}

static void test_deaf_to_sigterm(void)
{
    g_autoptr(GTimer) timer = g_timer_new();
    g_auto(OsRunResult) result =
        run_shell_limited("trap '' TERM; while :; do sleep 0.1; done", 500);

    g_assert_true(result.timed_out);
    g_assert_cmpfloat(g_timer_elapsed(timer, NULL), >=, 0.5 + OS_RUN_GRACE / 1000.0);
    g_assert_cmpfloat(g_timer_elapsed(timer, NULL), <, SOON_SECONDS);
    assert_no_children();
}

/* It writes without end and does not read what it is given: neither may hide the time. */
static void test_time_limit_of_a_babbler(void)
{
    const char *const argv[] = {"yes", NULL};
    g_autofree char *big = g_strnfill(BIG, 'x');
    g_auto(OsRunResult) result = run_it(&(OsRun){
        .argv = argv, .input = big, .input_size = BIG, .time_limit = 200, .output_last = 4});

    g_assert_true(result.timed_out);
    g_assert_cmpuint(strlen(result.output), ==, 4);
    assert_no_children();
}

static void test_within_the_time_limit(void)
{
    g_auto(OsRunResult) result = run_shell_limited("exit 2", 60000);
    assert_exits(&result, 2);
}

static void test_environment(void)
{
    const char *const argv[] = {"/usr/bin/env", NULL};
    const char *const envp[] = {"A=1", "B=2", NULL};
    g_auto(OsRunResult) given = run_it(&(OsRun){.argv = argv, .envp = envp, .output_last = 100});
    g_assert_cmpstr(given.output, ==, "A=1\nB=2\n");

    g_setenv("TEST_RUN", "inherited", TRUE);
    g_auto(OsRunResult) inherited = run_shell("echo $TEST_RUN");
    g_unsetenv("TEST_RUN");
    g_assert_cmpstr(inherited.output, ==, "inherited\n");
}

static void test_own_group(void)
{
    g_auto(OsRunResult) result = run_shell("echo $$; cut -d' ' -f5,6 /proc/$$/stat");
    g_auto(GStrv) lines = g_strsplit(result.output, "\n", -1);
    g_autofree char *expected = g_strdup_printf("%s %s", lines[0], lines[0]);
    g_assert_cmpstr(lines[1], ==, expected);
}

static void test_descriptors(void)
{
    guint before = count_descriptors();

    for (guint i = 0; i < 20; i++) {
        g_auto(OsRunResult) result = run_shell("ls /proc/$$/fd; exit 0");
        g_assert_cmpstr(result.output, ==, "0\n1\n2\n");
    }
    g_assert_cmpuint(count_descriptors(), ==, before);
    assert_no_children();
}

typedef struct {
    guint number;
    gboolean failed;
} Worker;

static gpointer work(gpointer data)
{
    Worker *worker = data;
    for (guint i = 0; i < 10; i++) {
        g_autofree char *script = g_strdup_printf("cat; exit %u", worker->number + i);
        g_autofree char *input = g_strdup_printf("%u/%u", worker->number, i);
        const char *const argv[] = {"/bin/sh", "-c", script, NULL};
        g_auto(OsRunResult) result = run_it(&(OsRun){
            .argv = argv, .input = input, .input_size = strlen(input), .output_last = 100});
        worker->failed |= result.end.value != worker->number + i;
        worker->failed |= strcmp(result.output, input) != 0;
    }
    return NULL;
}

static void watched_ended(OsProcess *process, const OsProcessEnd *end, gpointer data)
{
    *(OsProcessEnd *)data = *end;
}

/* While the main loop collects ends of its own. */
static void test_threads(void)
{
    Worker workers[4] = {{10}, {40}, {70}, {100}};
    GThread *threads[G_N_ELEMENTS(workers)];
    const char *const argv[] = {"/bin/sh", "-c", "sleep 0.1; exit 9", NULL};
    g_autoptr(OsProcess) process = os_process_spawn(argv, NULL, 0, NULL);
    OsProcessEnd end = {.value = -1};

    os_process_watch(process, watched_ended, &end);
    for (guint i = 0; i < G_N_ELEMENTS(workers); i++)
        threads[i] = g_thread_new("worker", work, &workers[i]);
    loop_until(end.value == 9);
    for (guint i = 0; i < G_N_ELEMENTS(workers); i++) {
        g_thread_join(threads[i]);
        g_assert_false(workers[i].failed);
    }
    assert_no_children();
}

/* From here on pidfd_open() fails for the calling thread, as before Linux 5.3. */
static gboolean forbid_pidfds(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_open, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {G_N_ELEMENTS(filter), filter};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static gpointer work_without_pidfds(gpointer data)
{
    if (!forbid_pidfds())
        return GINT_TO_POINTER(TRUE);
    test_success();
    test_signal();
    test_big_input_comes_back();
    test_output_closed_early();
    test_time_limit();
    return NULL;
}

static void test_without_pidfds(void)
{
    GThread *thread = g_thread_new("old", work_without_pidfds, NULL);
    if (g_thread_join(thread))
        g_test_skip("no seccomp here");
}

/* The kernel throws ends away then: nobody can know, and that is not success. */
static void test_ignored_sigchld(void)
{
    void (*before)(int) = signal(SIGCHLD, SIG_IGN);
    g_auto(OsRunResult) result = run_shell("echo done");
    signal(SIGCHLD, before);
    g_assert_false(os_run_succeeded(&result));
    g_assert_cmpstr(result.output, ==, "done\n");
}

static void test_description(void)
{
    static const struct {
        gboolean timed_out;
        OsProcessEnd end;
        const char *output;
        guint time_limit;
        const char *text;
    } cases[] = {
        {FALSE, {FALSE, 1}, "", 0, "exit status 1"},
        {FALSE, {TRUE, 9}, "\n \n", 0, "signal 9"},
        {TRUE, {FALSE, 0}, "", 60000, "no end within 60 s"},
        {TRUE, {FALSE, 0}, "x", 1500, "no end within 1500 ms: x"},
        {FALSE, {FALSE, 2}, "one\r\n\n two\t3 \n", 0, "exit status 2: one; two 3"},
        {FALSE, {FALSE, 2}, "a\x1b[1m\xff\xc3\xa4", 0, "exit status 2: a?[1m\xef\xbf\xbd\xc3\xa4"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        OsRun run = {.time_limit = cases[i].time_limit};
        g_auto(OsRunResult) result = {cases[i].timed_out, cases[i].end, g_strdup(cases[i].output)};
        g_autofree char *text = os_run_describe(&run, &result);
        g_assert_cmpstr(text, ==, cases[i].text);
    }
}

static void test_description_of_much(void)
{
    g_autoptr(GString) output = g_string_new(NULL);
    for (guint i = 0; i < 1000; i++)
        g_string_append(output, "\xe2\x82\xac");
    g_string_append(output, "\nthe end\n");
    OsRunResult result = {.output = output->str, .end.value = 1};
    g_autofree char *text = os_run_describe(&(OsRun){0}, &result);

    g_assert_true(g_utf8_validate(text, -1, NULL));
    g_assert_null(strstr(text, "\xef\xbf\xbd"));
    g_assert_cmpuint(strlen(text), <, 600);
    g_assert_true(g_str_has_prefix(text, "exit status 1: ...\xe2\x82\xac"));
    g_assert_true(g_str_has_suffix(text, "; the end"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    signal(SIGPIPE, SIG_IGN); /* as the agent does */
    g_test_add_func("/run/output-is-both-streams-in-order", test_success);
    g_test_add_func("/run/exit-status-is-told", test_exit_status);
    g_test_add_func("/run/signal-is-told", test_signal);
    g_test_add_func("/run/failure-to-start-names-the-program", test_failure_to_start);
    g_test_add_func("/run/input-arrives-and-ends", test_input);
    g_test_add_func("/run/big-input-and-output-do-not-lock-up", test_big_input_comes_back);
    g_test_add_func("/run/input-nobody-reads-is-no-failure",
                    test_big_input_to_a_program_that_does_not_read);
    g_test_add_func("/run/only-the-last-output-is-kept", test_last_of_a_long_output);
    g_test_add_func("/run/nul-is-replaced", test_nul_in_the_output);
    g_test_add_func("/run/a-descendant-is-not-waited-for", test_descendant_is_not_waited_for);
    g_test_add_func("/run/a-descendant-that-writes-on-is-not-waited-for",
                    test_descendant_that_never_stops_writing);
    g_test_add_func("/run/output-closed-early-is-not-the-end", test_output_closed_early);
    g_test_add_func("/run/time-limit/ends-it", test_time_limit);
    g_test_add_func("/run/time-limit/ends-its-children", test_time_limit_is_for_the_whole_group);
    g_test_add_func("/run/time-limit/kills-what-does-not-listen", test_deaf_to_sigterm);
    g_test_add_func("/run/time-limit/holds-for-a-babbler", test_time_limit_of_a_babbler);
    g_test_add_func("/run/time-limit/does-not-matter-before", test_within_the_time_limit);
    g_test_add_func("/run/environment-is-inherited-or-replaced", test_environment);
    g_test_add_func("/run/has-a-group-of-its-own", test_own_group);
    g_test_add_func("/run/leaks-no-descriptor-either-way", test_descriptors);
    g_test_add_func("/run/several-threads-at-a-time", test_threads);
    g_test_add_func("/run/works-without-pidfds", test_without_pidfds);
    g_test_add_func("/run/an-end-nobody-knows-is-no-success", test_ignored_sigchld);
    g_test_add_func("/run/description-is-one-clean-line", test_description);
    g_test_add_func("/run/description-is-bounded", test_description_of_much);
    return g_test_run();
}
