/* SPDX-License-Identifier: Apache-2.0 */
#include "loop.h"
#include "os-process.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A program that is run to its end. */
typedef struct {
    OsProcess *process;
    gboolean ended;
    OsProcessEnd end;
    GString *said; /* on the stream that is read */
} Run;

static void run_clear(Run *run)
{
    os_process_free(run->process);
    if (run->said)
        g_string_free(run->said, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Run, run_clear)

static void ended(OsProcess *process, const OsProcessEnd *end, gpointer data)
{
    Run *run = data;
    g_assert_true(process == run->process);
    g_assert_false(run->ended);
    run->ended = TRUE;
    run->end = *end;
}

/* Reads to the end, as long as that takes. */
static GString *read_all(OsStream *stream)
{
    GString *said = g_string_new(NULL);
    char buf[4096];
    gsize got;

    for (;;) {
        OsIo io = os_stream_read(stream, buf, sizeof buf, &got, NULL);
        if (io == OS_IO_END)
            return said;
        if (io == OS_IO_DONE)
            g_string_append_len(said, buf, (gssize)got);
        else
            g_usleep(100);
    }
}

static void start(Run *run, const char *const *argv, const char *const *envp, OsProcessFlags flags)
{
    g_autoptr(GError) error = NULL;
    run->process = os_process_spawn(argv, envp, flags, &error);
    g_assert_no_error(error);
    g_assert_cmpint(os_process_pid(run->process), >, 0);
}

static void finish(Run *run)
{
    g_autoptr(OsStream) out = os_process_take_stdout(run->process);
    if (out)
        run->said = read_all(out);
    os_process_watch(run->process, ended, run);
    loop_until(run->ended);
}

static void run_shell(Run *run, const char *script, OsProcessFlags flags)
{
    const char *const argv[] = {"/bin/sh", "-c", script, NULL};
    start(run, argv, NULL, flags);
    finish(run);
}

static void assert_exits(const Run *run, gint64 code)
{
    g_assert_false(run->end.signaled);
    g_assert_cmpint(run->end.value, ==, code);
}

static void assert_fails(const char *path, const char *const *envp, const char *text)
{
    const char *const argv[] = {path, NULL};
    g_autoptr(GError) error = NULL;
    g_assert_null(os_process_spawn(argv, envp, OS_PROCESS_STDOUT, &error));
    g_assert_error(error, G_IO_ERROR, (gint)error->code);
    g_assert_cmpstr(error->message, ==, text);
}

static void test_exit_code(void)
{
    g_auto(Run) run = {0};
    run_shell(&run, "exit 7", 0);
    assert_exits(&run, 7);
}

static void test_signal(void)
{
    g_auto(Run) run = {0};
    run_shell(&run, "kill -9 $$", 0);
    g_assert_true(run.end.signaled);
    g_assert_cmpint(run.end.value, ==, SIGKILL);
}

static void test_missing(void)
{
    assert_fails("/nonexistent/program", NULL, "No such file or directory");
    assert_fails("no-such-program-anywhere", NULL, "No such file or directory");
    assert_fails("", NULL, "No such file or directory");
}

static void test_directory(void)
{
    assert_fails("/", NULL, "Permission denied");
}

static void test_argv(void)
{
    const char *const argv[] = {"sh", "-c", "printf '%s|' \"$0\" \"$@\"", "zero", "", "a b", NULL};
    g_auto(Run) run = {0};
    start(&run, argv, NULL, OS_PROCESS_STDOUT);
    finish(&run);
    g_assert_cmpstr(run.said->str, ==, "zero||a b|");
}

static void test_argv0_is_as_given(void)
{
    const char *const argv[] = {"cat", "/proc/self/cmdline", NULL};
    g_auto(Run) run = {0};
    start(&run, argv, NULL, OS_PROCESS_STDOUT);
    finish(&run);
    g_assert_cmpstr(run.said->str, ==, "cat");
}

static void test_too_long(void)
{
    g_autofree char *huge = g_strnfill(4 * 1024 * 1024, 'x');
    const char *const argv[] = {"/bin/true", huge, NULL};
    g_autoptr(GError) error = NULL;
    g_assert_null(os_process_spawn(argv, NULL, 0, &error));
    g_assert_cmpstr(error->message, ==, "Argument list too long");
}

static void test_merged(void)
{
    g_auto(Run) run = {0};
    run_shell(&run, "echo 1; echo 2 >&2; echo 3", OS_PROCESS_STDOUT | OS_PROCESS_MERGE);
    g_assert_cmpstr(run.said->str, ==, "1\n2\n3\n");
    g_assert_null(os_process_take_stderr(run.process));
}

static void test_unasked_output_goes_nowhere(void)
{
    g_auto(Run) run = {0};
    run_shell(&run, "readlink /proc/self/fd/0 /proc/self/fd/2; echo lost >&2", OS_PROCESS_STDOUT);
    g_assert_cmpstr(run.said->str, ==, "/dev/null\n/dev/null\n");
    g_assert_null(os_process_take_stdin(run.process));
    g_assert_null(os_process_take_stderr(run.process));
    g_assert_null(os_process_take_stdout(run.process));
}

static void test_stderr_alone(void)
{
    const char *const argv[] = {"sh", "-c", "echo out; echo err >&2", NULL};
    g_auto(Run) run = {0};
    start(&run, argv, NULL, OS_PROCESS_STDERR);
    g_assert_null(os_process_take_stdout(run.process));
    g_autoptr(OsStream) stream = os_process_take_stderr(run.process);
    run.said = read_all(stream);
    g_assert_cmpstr(run.said->str, ==, "err\n");
    finish(&run);
}

static void test_own_session(void)
{
    g_auto(Run) run = {0};
    run_shell(&run, "cut -d' ' -f1,5,6 /proc/$$/stat", OS_PROCESS_STDOUT);
    g_autofree char *expected = g_strdup_printf(
        "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n",
        os_process_pid(run.process), os_process_pid(run.process), os_process_pid(run.process));
    g_assert_cmpstr(run.said->str, ==, expected);
}

/* Signals 32 and 33 are glibc's own; its posix_spawn() leaves them ignored. */
#define SIGNALS_OF_GLIBC G_GUINT64_CONSTANT(0x180000000)

static guint64 mask_after(const char *status, const char *name)
{
    const char *line = strstr(status, name);
    g_assert_nonnull(line);
    return g_ascii_strtoull(line + strlen(name), NULL, 16);
}

/* Every signal: what we ignore and what we block must not be inherited. */
static void test_default_signals(void)
{
    g_auto(Run) run = {0};
    void (*before)(int) = signal(SIGPIPE, SIG_IGN);
    void (*before_hup)(int) = signal(SIGHUP, SIG_IGN);
    sigset_t usr1, mask;
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    sigprocmask(SIG_BLOCK, &usr1, &mask);

    start(&run, (const char *const[]){"cat", "/proc/self/status", NULL}, NULL, OS_PROCESS_STDOUT);
    finish(&run);

    sigprocmask(SIG_SETMASK, &mask, NULL);
    signal(SIGPIPE, before);
    signal(SIGHUP, before_hup);
    g_assert_cmphex(mask_after(run.said->str, "SigBlk:\t"), ==, 0);
    g_assert_cmphex(mask_after(run.said->str, "SigIgn:\t") & ~SIGNALS_OF_GLIBC, ==, 0);
}

/* Not even one that was left without close-on-exec. */
static void test_no_inherited_descriptors(void)
{
    g_auto(Run) run = {0};
    int careless = open("/dev/null", O_RDONLY);
    int high = fcntl(careless, F_DUPFD, 200);

    run_shell(&run, "ls /proc/$$/fd", OS_PROCESS_STDIN | OS_PROCESS_STDOUT | OS_PROCESS_STDERR);
    close(careless);
    close(high);
#if defined(__GLIBC__) && !__GLIBC_PREREQ(2, 34)
    g_test_skip("this C library cannot close the descriptors of others");
#else
    g_assert_cmpstr(run.said->str, ==, "0\n1\n2\n");
#endif
}

/* Then the pipe gets numbers that it would be in the way of in the child: 0 and 1. */
static int run_without_standard_descriptors(void)
{
    g_auto(Run) run = {0};
    const char *const argv[] = {"/bin/sh", "-c", "echo out; echo err >&2", NULL};
    close(STDIN_FILENO);
    close(STDOUT_FILENO);
    close(STDERR_FILENO);
    start(&run, argv, NULL, OS_PROCESS_STDERR);
    g_autoptr(OsStream) err = os_process_take_stderr(run.process);
    run.said = read_all(err);
    return strcmp(run.said->str, "err\n") == 0 ? 0 : 1;
}

static void test_works_without_standard_descriptors(void)
{
    if (g_test_subprocess())
        _exit(run_without_standard_descriptors());
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_passed();
}

static void env_case(const char *const *envp, const char *expected)
{
    const char *const argv[] = {"/usr/bin/env", NULL};
    g_auto(Run) run = {0};
    start(&run, argv, envp, OS_PROCESS_STDOUT);
    finish(&run);
    g_assert_cmpstr(run.said->str, ==, expected);
}

static void test_environment(void)
{
    env_case((const char *const[]){NULL}, "");
    env_case((const char *const[]){"A=1", "odd", "B=", NULL}, "A=1\nodd\nB=\n");

    g_auto(Run) run = {0};
    g_setenv("VIRTAGENT_TEST", "inherited", TRUE);
    run_shell(&run, "echo $VIRTAGENT_TEST", OS_PROCESS_STDOUT);
    g_unsetenv("VIRTAGENT_TEST");
    g_assert_cmpstr(run.said->str, ==, "inherited\n");
}

typedef struct {
    char *first;
    char *second;
} Dirs;

static void put_script(const char *directory, const char *name, const char *text, int mode)
{
    g_autofree char *path = g_build_filename(directory, name, NULL);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_assert_no_errno(g_chmod(path, mode));
}

static void remove_all(const char *directory)
{
    g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(directory, name, NULL);
        g_remove(path);
    }
    g_rmdir(directory);
}

static void dirs_open(Dirs *dirs, gconstpointer data)
{
    dirs->first = g_dir_make_tmp("va-first-XXXXXX", NULL);
    dirs->second = g_dir_make_tmp("va-second-XXXXXX", NULL);
}

static void dirs_close(Dirs *dirs, gconstpointer data)
{
    remove_all(dirs->first);
    remove_all(dirs->second);
    g_free(dirs->first);
    g_free(dirs->second);
}

/* Runs @name with PATH=first:second and returns what it says in *run. */
static void run_named(Run *run, const Dirs *dirs, const char *name)
{
    g_autofree char *path =
        g_strdup_printf("PATH=/nonexistent:/etc/hostname:%s:%s", dirs->first, dirs->second);
    const char *const argv[] = {name, "a", "b", NULL};
    const char *const envp[] = {path, NULL};
    start(run, argv, envp, OS_PROCESS_STDOUT);
    finish(run);
}

static void test_path_order(Dirs *dirs, gconstpointer data)
{
    g_auto(Run) first = {0}, second = {0};
    put_script(dirs->second, "tool", "#!/bin/sh\necho second\n", 0755);
    run_named(&second, dirs, "tool");
    g_assert_cmpstr(second.said->str, ==, "second\n");
    put_script(dirs->first, "tool", "#!/bin/sh\necho first\n", 0755);
    run_named(&first, dirs, "tool");
    g_assert_cmpstr(first.said->str, ==, "first\n");
}

static void test_path_passes_what_cannot_run(Dirs *dirs, gconstpointer data)
{
    g_auto(Run) run = {0};
    put_script(dirs->first, "tool", "#!/bin/sh\necho first\n", 0644);
    put_script(dirs->second, "tool", "#!/bin/sh\necho second\n", 0755);
    run_named(&run, dirs, "tool");
    g_assert_cmpstr(run.said->str, ==, "second\n");
}

static void test_path_says_what_was_there(Dirs *dirs, gconstpointer data)
{
    g_autofree char *path = g_strdup_printf("PATH=%s:%s", dirs->first, dirs->second);
    const char *const envp[] = {path, NULL};
    put_script(dirs->first, "tool", "#!/bin/sh\n", 0644);
    assert_fails("tool", envp, "Permission denied");
    assert_fails("other", envp, "No such file or directory");
}

static void test_path_of_the_environment_given(Dirs *dirs, gconstpointer data)
{
    assert_fails("true", (const char *const[]){"PATH=/nonexistent", NULL},
                 "No such file or directory");
    g_auto(Run) run = {0};
    start(&run, (const char *const[]){"true", NULL}, (const char *const[]){"X=1", NULL}, 0);
    finish(&run);
    assert_exits(&run, 0);
}

static void test_long_path(void)
{
    g_autofree char *colons = g_strnfill(200 * 1024, ':');
    g_autofree char *path = g_strconcat("PATH=", colons, NULL);
    assert_fails("true", (const char *const[]){path, NULL}, "Argument list too long");
}

static void test_script_without_interpreter(Dirs *dirs, gconstpointer data)
{
    g_auto(Run) run = {0};
    put_script(dirs->first, "plain", "echo \"$0 $1 $2\"\n", 0755);
    run_named(&run, dirs, "plain");
    g_autofree char *expected = g_strdup_printf("%s/plain a b\n", dirs->first);
    g_assert_cmpstr(run.said->str, ==, expected);
}

static void test_script_with_missing_interpreter(Dirs *dirs, gconstpointer data)
{
    g_autofree char *path = g_build_filename(dirs->first, "broken", NULL);
    put_script(dirs->first, "broken", "#!/nonexistent/shell\n", 0755);
    assert_fails(path, NULL, "No such file or directory");
}

static guint count_descriptors(void)
{
    g_autoptr(GDir) dir = g_dir_open("/proc/self/fd", 0, NULL);
    guint count = 0;
    while (g_dir_read_name(dir))
        count++;
    return count;
}

static void assert_no_children(void)
{
    errno = 0;
    g_assert_cmpint(waitpid(-1, NULL, WNOHANG), ==, -1);
    g_assert_cmpint(errno, ==, ECHILD);
}

static void test_many_leave_nothing(void)
{
    guint before = 0;
    for (guint i = 0; i < 200; i++) {
        g_auto(Run) run = {0};
        run_shell(&run, "exit 3", OS_PROCESS_STDIN | OS_PROCESS_STDOUT | OS_PROCESS_STDERR);
        assert_exits(&run, 3);
        if (i == 0)
            before = count_descriptors();
    }
    g_assert_cmpuint(count_descriptors(), <=, before);
    assert_no_children();
}

static void test_failures_leave_nothing(void)
{
    guint before = count_descriptors();
    for (guint i = 0; i < 20; i++)
        assert_fails("/nonexistent", NULL, "No such file or directory");
    g_assert_cmpuint(count_descriptors(), ==, before);
    assert_no_children();
}

static gboolean all_reaped(void)
{
    siginfo_t info;
    return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0;
}

/* Its end is nobody's business any more, but it must not stay a zombie. */
static void test_freed_is_reaped(void)
{
    Run run = {0};
    start(&run, (const char *const[]){"/bin/true", NULL}, NULL, 0);
    os_process_free(run.process);

    start(&run, (const char *const[]){"/bin/cat", NULL}, NULL, OS_PROCESS_STDIN);
    os_process_watch(run.process, ended, &run);
    os_process_free(run.process);
    loop_until(all_reaped());
    g_assert_false(run.ended);
}

static void test_ended_before_watched(void)
{
    g_auto(Run) run = {0};
    siginfo_t info;
    start(&run, (const char *const[]){"/bin/false", NULL}, NULL, 0);
    g_assert_no_errno(waitid(P_PID, (id_t)os_process_pid(run.process), &info, WEXITED | WNOWAIT));
    finish(&run);
    assert_exits(&run, 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/process/exit-code-is-reported", test_exit_code);
    g_test_add_func("/process/signal-is-reported", test_signal);
    g_test_add_func("/process/an-end-before-the-watch-is-reported", test_ended_before_watched);
    g_test_add_func("/process/missing-program-fails-at-once", test_missing);
    g_test_add_func("/process/directory-cannot-be-run", test_directory);
    g_test_add_func("/process/arguments-arrive-as-given", test_argv);
    g_test_add_func("/process/argv0-is-the-name-as-given", test_argv0_is_as_given);
    g_test_add_func("/process/too-many-arguments-are-an-error", test_too_long);
    g_test_add_func("/process/merged-output-keeps-its-order", test_merged);
    g_test_add_func("/process/what-is-not-asked-for-is-the-null-device",
                    test_unasked_output_goes_nowhere);
    g_test_add_func("/process/standard-error-alone", test_stderr_alone);
    g_test_add_func("/process/has-a-session-of-its-own", test_own_session);
    g_test_add_func("/process/signals-are-default-and-open", test_default_signals);
    g_test_add_func("/process/inherits-no-descriptors", test_no_inherited_descriptors);
    g_test_add_func("/process/standard-descriptors-may-be-closed",
                    test_works_without_standard_descriptors);
    g_test_add_func("/process/environment-is-inherited-or-replaced", test_environment);
    g_test_add("/process/path/first-directory-wins", Dirs, NULL, dirs_open, test_path_order,
               dirs_close);
    g_test_add("/process/path/what-cannot-run-is-passed", Dirs, NULL, dirs_open,
               test_path_passes_what_cannot_run, dirs_close);
    g_test_add("/process/path/error-tells-what-was-there", Dirs, NULL, dirs_open,
               test_path_says_what_was_there, dirs_close);
    g_test_add("/process/path/comes-from-the-environment-given", Dirs, NULL, dirs_open,
               test_path_of_the_environment_given, dirs_close);
    g_test_add_func("/process/path/is-bounded", test_long_path);
    g_test_add("/process/script-without-interpreter-runs-in-the-shell", Dirs, NULL, dirs_open,
               test_script_without_interpreter, dirs_close);
    g_test_add("/process/script-with-a-missing-interpreter-fails", Dirs, NULL, dirs_open,
               test_script_with_missing_interpreter, dirs_close);
    g_test_add_func("/process/two-hundred-leave-nothing-behind", test_many_leave_nothing);
    g_test_add_func("/process/failures-leave-nothing-behind", test_failures_leave_nothing);
    g_test_add_func("/process/freed-ones-are-reaped", test_freed_is_reaped);
    return g_test_run();
}
