/* SPDX-License-Identifier: Apache-2.0 */
#include "../posix/loop.h"
#include "child-program.h"
#include "os-process.h"
#include "os-text.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#define NOT_THERE os_text_of(ERROR_FILE_NOT_FOUND)

#define CAUGHT (OS_PROCESS_STDOUT | OS_PROCESS_MERGE)

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

static void wake(OsStream *stream, gpointer data)
{
    *(gboolean *)data = TRUE;
}

static GString *read_all(OsStream *stream)
{
    GString *said = g_string_new(NULL);
    char buf[4096];
    gsize got = 0;

    for (;;) {
        OsIo io = os_stream_read(stream, buf, sizeof buf, &got, NULL);
        if (io == OS_IO_END)
            return said;
        g_assert_cmpint(io, !=, OS_IO_FAILED);
        if (io == OS_IO_DONE) {
            g_string_append_len(said, buf, (gssize)got);
            continue;
        }
        gboolean ready = FALSE;
        os_stream_watch(stream, OS_WATCH_READ, wake, &ready);
        loop_until(ready);
        os_stream_watch(stream, OS_WATCH_NONE, NULL, NULL);
    }
}

static void start(Run *run, const char *const *argv, const char *const *envp, guint flags)
{
    g_autoptr(GError) error = NULL;
    run->process = os_process_spawn(argv, envp, (OsProcessFlags)flags, &error);
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

static void run_program(Run *run, const char *const *argv, const char *const *envp, guint flags)
{
    start(run, argv, envp, flags);
    finish(run);
}

/* child.exe with up to six words. */
#define run_child(run, flags, ...)                                                                 \
    do {                                                                                           \
        g_autofree char *run_child_path = child_path();                                            \
        run_program(run, (const char *const[]){run_child_path, __VA_ARGS__, NULL}, NULL, flags);   \
    } while (0)

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
    g_assert_nonnull(error);
    g_assert_true(g_str_has_prefix(error->message, text));
}

static void test_exit_code(void)
{
    static const char *const codes[] = {"0", "7", "259", "0xbfffffff"};
    for (guint i = 0; i < G_N_ELEMENTS(codes); i++) {
        g_auto(Run) run = {0};
        run_child(&run, 0, "exit", codes[i]);
        assert_exits(&run, (gint32)g_ascii_strtoull(codes[i], NULL, 0));
    }
}

static void test_exception(void)
{
    g_auto(Run) run = {0}, told = {0};
    run_child(&run, 0, "crash");
    g_assert_true(run.end.signaled);
    g_assert_cmpint(run.end.value, ==, (gint32)0xc0000005);
    run_child(&told, 0, "exit", "0xc000013a");
    g_assert_true(told.end.signaled);
    g_assert_cmpint(told.end.value, ==, (gint32)0xc000013a);
}

/* In a console of its own: the test would end with it. */
static void test_interrupt(void)
{
    g_auto(Run) run = {0};
    run_child(&run, 0, "interrupt");
    assert_exits(&run, 42);
}

static void test_missing(void)
{
    g_autofree char *directory = child_directory();
    assert_fails("C:\\nonexistent\\program", NULL, NOT_THERE);
    assert_fails("no-such-program-anywhere", NULL, NOT_THERE);
    assert_fails("", NULL, NOT_THERE);
    assert_fails(directory, NULL, os_text_of(ERROR_ACCESS_DENIED));
}

static void test_not_a_program(void)
{
    g_autofree char *directory = g_dir_make_tmp("va-text-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(directory, "text.txt", NULL);
    g_autofree char *empty = g_build_filename(directory, "empty.exe", NULL);
    g_assert_true(g_file_set_contents(path, "just text, and no program", -1, NULL));
    g_assert_true(g_file_set_contents(empty, "", -1, NULL));
    assert_fails(path, NULL, "");
    assert_fails(empty, NULL, "");
    g_remove(path);
    g_remove(empty);
    g_rmdir(directory);
}

static const char *const nasty[] = {
    "",
    " ",
    "a b",
    "\"",
    "\"\"",
    "a\"b c\"d",
    "\\",
    "a\\",
    "a b\\",
    "a b\\\\",
    "\\\"",
    "\\\\\" x",
    "C:\\Program Files\\x\\",
    "%PATH%",
    "a&b|c<d>e^f",
    "!x! ()",
    "*.exe",
    "\t",
    "'single'",
    "--opt=\"x y\"",
    "\xc3\xa4\xe2\x82\xac",
    "\xf0\x9f\x98\x80",
    "line\nbreak",
    NULL,
};

static void assert_arguments_arrive(const char *how)
{
    g_autofree char *path = child_path();
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_autoptr(GString) expected = g_string_new(NULL);
    g_auto(Run) run = {0};

    g_ptr_array_add(argv, path);
    g_ptr_array_add(argv, (gpointer)how);
    for (guint i = 0; nasty[i]; i++) {
        g_ptr_array_add(argv, (gpointer)nasty[i]);
        g_string_append_printf(expected, "%s|\n", nasty[i]);
    }
    g_ptr_array_add(argv, NULL);
    run_program(&run, (const char *const *)argv->pdata, NULL, OS_PROCESS_STDOUT);
    g_assert_cmpstr(run.said->str, ==, expected->str);
}

static void test_arguments(void)
{
    assert_arguments_arrive("args");
    assert_arguments_arrive("line");
}

static void test_too_long(void)
{
    g_autofree char *huge = g_strnfill(40000, 'x');
    g_autofree char *path = child_path();
    g_autoptr(GError) error = NULL;
    g_assert_null(os_process_spawn((const char *const[]){path, huge, NULL}, NULL, 0, &error));
    g_assert_cmpstr(error->message, ==, os_text_of(ERROR_FILENAME_EXCED_RANGE));
}

static void test_merged(void)
{
    g_auto(Run) run = {0};
    run_child(&run, CAUGHT, "out", "1", "err", "2", "out", "3");
    g_assert_cmpstr(run.said->str, ==, "1\n2\n3\n");
    g_assert_null(os_process_take_stderr(run.process));
}

static void test_separated(void)
{
    g_autofree char *path = child_path();
    const char *const argv[] = {path, "out", "1", "err", "2", "out", "3", NULL};
    g_auto(Run) run = {0};
    start(&run, argv, NULL, OS_PROCESS_STDOUT | OS_PROCESS_STDERR);
    g_autoptr(OsStream) err = os_process_take_stderr(run.process);
    finish(&run);
    g_autoptr(GString) errors = read_all(err);
    g_assert_cmpstr(run.said->str, ==, "1\n3\n");
    g_assert_cmpstr(errors->str, ==, "2\n");
}

/* 3 is a pipe, 2 a character device. */
static void test_unasked_is_the_null_device(void)
{
    g_auto(Run) run = {0};
    run_child(&run, OS_PROCESS_STDOUT, "err", "lost", "cat", "handles");
    g_assert_cmpstr(run.said->str, ==, "2 3 2 ");
    g_assert_null(os_process_take_stdin(run.process));
    g_assert_null(os_process_take_stderr(run.process));
    g_assert_null(os_process_take_stdout(run.process));
}

static void test_input(void)
{
    g_autofree char *path = child_path();
    g_auto(Run) run = {0};
    gsize put = 0;
    start(&run, (const char *const[]){path, "cat", NULL}, NULL, OS_PROCESS_STDIN | CAUGHT);
    OsStream *in = os_process_take_stdin(run.process);
    g_assert_cmpint(os_stream_write(in, "fed\r\n\x1a.", 7, &put, NULL), ==, OS_IO_DONE);
    g_assert_cmpuint(put, ==, 7);
    os_stream_free(in);
    finish(&run);
    g_assert_cmpstr(run.said->str, ==, "fed\r\n\x1a.");
    assert_exits(&run, 0);
}

static void test_big_output(void)
{
    g_auto(Run) run = {0};
    run_child(&run, CAUGHT, "big", "3000000", "out", "end");
    g_assert_cmpuint(run.said->len, ==, 3000004);
    g_assert_true(g_str_has_suffix(run.said->str, "xend\n"));
}

static void test_environment(void)
{
    static const char *const given[] = {"B=2", "va_x=\xc3\xa4", "A=", NULL};
    g_autofree char *path = child_path();
    const char *const argv[] = {path, "env", NULL};
    g_auto(Run) run = {0}, inherited = {0};

    run_program(&run, argv, given, OS_PROCESS_STDOUT);
    g_assert_nonnull(strstr(run.said->str, "A=\nB=2\n"));
    g_assert_nonnull(strstr(run.said->str, "va_x=\xc3\xa4\n"));
    g_assert_nonnull(strstr(run.said->str, "SystemRoot="));
    g_assert_null(strstr(run.said->str, "VIRTAGENT_TEST"));

    g_setenv("VIRTAGENT_TEST", "inherited", TRUE);
    run_program(&inherited, argv, NULL, OS_PROCESS_STDOUT);
    g_unsetenv("VIRTAGENT_TEST");
    g_assert_nonnull(strstr(inherited.said->str, "VIRTAGENT_TEST=inherited\n"));
}

static void test_odd_environment(void)
{
    g_autofree char *path = child_path();
    assert_fails(path, (const char *const[]){"A=1", "odd", NULL},
                 "an entry of the environment has no '='");
}

/* Its output is over with it, not with what it leaves behind, for whoever does not wait. */
static void test_descendant_outlives(void)
{
    g_autofree char *path = child_path();
    g_auto(Run) run = {0};
    char text[64] = {0};
    gsize got = 0;

    start(&run, (const char *const[]){path, "leave", "60000", "exit", "3", NULL}, NULL, CAUGHT);
    g_autoptr(OsStream) out = os_process_take_stdout(run.process);
    os_process_watch(run.process, ended, &run);
    loop_until(run.ended);
    assert_exits(&run, 3);
    g_assert_cmpint(os_stream_read(out, text, sizeof text - 1, &got, NULL), !=, OS_IO_END);
    DWORD pid = (DWORD)g_ascii_strtoull(text, NULL, 10);
    HANDLE descendant = OpenProcess(PROCESS_TERMINATE | SYNCHRONIZE, FALSE, pid);
    g_assert_nonnull(descendant);
    g_assert_cmpuint(WaitForSingleObject(descendant, 0), ==, WAIT_TIMEOUT);
    TerminateProcess(descendant, 0);
    CloseHandle(descendant);
}

static void test_freed_runs_on(void)
{
    g_autofree char *path = child_path();
    Run run = {0};
    start(&run, (const char *const[]){path, "cat", "exit", "4", NULL}, NULL, OS_PROCESS_STDIN);
    HANDLE process = OpenProcess(PROCESS_QUERY_INFORMATION | SYNCHRONIZE, FALSE,
                                 (DWORD)os_process_pid(run.process));
    OsStream *in = os_process_take_stdin(run.process);
    DWORD code = 0;

    os_process_watch(run.process, ended, &run);
    os_process_free(run.process);
    g_assert_cmpuint(WaitForSingleObject(process, 0), ==, WAIT_TIMEOUT);
    os_stream_free(in);
    g_assert_cmpuint(WaitForSingleObject(process, 20000), ==, WAIT_OBJECT_0);
    g_assert_true(GetExitCodeProcess(process, &code));
    g_assert_cmpuint(code, ==, 4);
    while (g_main_context_iteration(NULL, FALSE))
        continue;
    g_assert_false(run.ended);
    CloseHandle(process);
}

static void test_ended_before_watched(void)
{
    g_autofree char *path = child_path();
    g_auto(Run) run = {0};
    start(&run, (const char *const[]){path, "exit", "1", NULL}, NULL, 0);
    HANDLE process = OpenProcess(SYNCHRONIZE, FALSE, (DWORD)os_process_pid(run.process));
    WaitForSingleObject(process, 20000);
    CloseHandle(process);
    finish(&run);
    assert_exits(&run, 1);
}

static void test_more_than_one_poll_holds(void)
{
    enum { MANY = 70 };
    g_autofree char *path = child_path();
    Run runs[MANY] = {0};

    for (guint i = 0; i < MANY; i++) {
        start(&runs[i], (const char *const[]){path, "cat", "exit", "5", NULL}, NULL,
              OS_PROCESS_STDIN);
        os_process_watch(runs[i].process, ended, &runs[i]);
    }
    for (guint i = 0; i < MANY; i++)
        os_stream_free(os_process_take_stdin(runs[i].process));
    for (guint i = 0; i < MANY; i++) {
        loop_until(runs[i].ended);
        assert_exits(&runs[i], 5);
        run_clear(&runs[i]);
    }
}

static DWORD count_handles(void)
{
    DWORD count = 0;
    GetProcessHandleCount(GetCurrentProcess(), &count);
    return count;
}

static void test_many_leave_nothing(void)
{
    DWORD before = 0;
    for (guint i = 0; i < 53; i++) {
        g_auto(Run) run = {0};
        run_child(&run, OS_PROCESS_STDIN | OS_PROCESS_STDOUT | OS_PROCESS_STDERR, "exit", "3");
        assert_exits(&run, 3);
        run_clear(&run);
        run = (Run){0};
        if (i == 2)
            before = count_handles();
    }
    g_assert_cmpuint(count_handles(), <=, before + 8); /* of the pool's threads */
}

static void test_failures_leave_nothing(void)
{
    DWORD before = count_handles();
    for (guint i = 0; i < 20; i++)
        assert_fails("C:\\nonexistent", NULL, "");
    g_assert_cmpuint(count_handles(), <=, before);
}

typedef struct {
    char *first;
    char *second;
} Dirs;

static void put_program(const char *directory, const char *name)
{
    g_autofree char *path = child_path();
    g_autofree char *to = g_build_filename(directory, name, NULL);
    g_autofree wchar_t *from16 = os_utf16(path, NULL), *to16 = os_utf16(to, NULL);
    g_assert_true(CopyFileW(from16, to16, FALSE));
}

static void put_text(const char *directory, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(directory, name, NULL);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void remove_all(const char *directory)
{
    g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(directory, name, NULL);
        g_remove(path);
    }
    g_clear_pointer(&dir, g_dir_close);
    g_rmdir(directory);
}

static void dirs_open(Dirs *dirs, gconstpointer data)
{
    dirs->first = g_dir_make_tmp("va first-XXXXXX", NULL);
    dirs->second = g_dir_make_tmp("va-second-XXXXXX", NULL);
}

static void dirs_close(Dirs *dirs, gconstpointer data)
{
    remove_all(dirs->first);
    remove_all(dirs->second);
    g_free(dirs->first);
    g_free(dirs->second);
}

static void run_named(Run *run, const Dirs *dirs, const char *name)
{
    g_autofree char *path =
        g_strdup_printf("Path=.;;C:\\nonexistent;\"%s\";%s", dirs->first, dirs->second);
    const char *const envp[] = {path, "PATHEXT=.VBS;.exe;.CMD", NULL};
    run_program(run, (const char *const[]){name, "exit", "9", NULL}, envp, CAUGHT);
}

static void test_path_order(Dirs *dirs, gconstpointer data)
{
    static const char *const names[] = {"tool", "tool.exe", "TOOL"};
    put_program(dirs->second, "tool.exe");
    put_text(dirs->second, "tool", "no program");
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_auto(Run) run = {0};
        run_named(&run, dirs, names[i]);
        assert_exits(&run, 9);
    }
    g_auto(Run) first = {0};
    put_text(dirs->first, "tool.cmd", "@exit /b 8\r\n");
    run_named(&first, dirs, "tool");
    assert_exits(&first, 8);
}

static void test_path_not_here(Dirs *dirs, gconstpointer data)
{
    g_autofree char *here = g_get_current_dir();
    g_autofree char *path = g_strdup_printf("PATH=.;%s", dirs->second);
    put_program(dirs->first, "tool.exe");
    g_assert_no_errno(g_chdir(dirs->first));
    assert_fails("tool", (const char *const[]){path, NULL}, NOT_THERE);
    assert_fails("tool.exe", (const char *const[]){path, NULL}, NOT_THERE);
    g_auto(Run) run = {0};
    run_program(&run, (const char *const[]){".\\tool", "exit", "2", NULL}, NULL, 0);
    assert_exits(&run, 2);
    g_assert_no_errno(g_chdir(here));
}

static void test_path_of_the_agent(Dirs *dirs, gconstpointer data)
{
    g_auto(Run) run = {0};
    run_program(&run, (const char *const[]){"cmd", "/c", "exit 6", NULL},
                (const char *const[]){"X=1", NULL}, 0);
    assert_exits(&run, 6);
    assert_fails("cmd", (const char *const[]){"PATH=C:\\nonexistent", NULL}, NOT_THERE);
}

static void test_batch_arguments(Dirs *dirs, gconstpointer data)
{
    g_autofree char *child = child_path();
    g_autofree char *text = g_strdup_printf("@echo off\r\n\"%s\" args %%*\r\nexit /b 7\r\n", child);
    g_autofree char *script = g_build_filename(dirs->first, "run & it (1).CMD", NULL);
    const char *const argv[] = {script,    "",    "a b",      "a&exit 1", "|<>^()", "x\\", "x y\\",
                                "a=b;c,d", "!x!", "\xc3\xa4", "^",        "last",   NULL};
    g_autoptr(GString) expected = g_string_new(NULL);
    g_auto(Run) run = {0};

    g_assert_true(g_file_set_contents(script, text, -1, NULL));
    for (guint i = 1; argv[i]; i++)
        g_string_append_printf(expected, "%s|\n", argv[i]);
    run_program(&run, argv, NULL, CAUGHT);
    g_assert_cmpstr(run.said->str, ==, expected->str);
    assert_exits(&run, 7);
}

static void test_batch_refuses(Dirs *dirs, gconstpointer data)
{
    static const char *const bad[] = {"%PATH%", "\"&exit 3&\"", "a\r\nb"};
    g_autofree char *script = g_build_filename(dirs->second, "x.bat", NULL);
    g_autofree char *dotted = g_strconcat(script, ". .", NULL);
    put_text(dirs->second, "x.bat", "@exit /b 0\r\n");
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL, same = NULL;
        g_assert_null(
            os_process_spawn((const char *const[]){script, bad[i], NULL}, NULL, 0, &error));
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
        g_assert_null(
            os_process_spawn((const char *const[]){dotted, bad[i], NULL}, NULL, 0, &same));
        g_assert_error(same, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    }
}

#define IN_DIRS(name, function)                                                                    \
    g_test_add("/process/" name, Dirs, NULL, dirs_open, function, dirs_close)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/process/exit-code-is-reported", test_exit_code);
    g_test_add_func("/process/unhandled-exception-is-reported", test_exception);
    g_test_add_func("/process/ctrl-c-is-its-own-and-not-ignored", test_interrupt);
    g_test_add_func("/process/an-end-before-the-watch-is-reported", test_ended_before_watched);
    g_test_add_func("/process/missing-program-fails-at-once", test_missing);
    g_test_add_func("/process/what-is-no-program-fails-at-once", test_not_a_program);
    g_test_add_func("/process/arguments-arrive-as-given", test_arguments);
    g_test_add_func("/process/too-many-arguments-are-an-error", test_too_long);
    g_test_add_func("/process/merged-output-keeps-its-order", test_merged);
    g_test_add_func("/process/separated-output", test_separated);
    g_test_add_func("/process/what-is-not-asked-for-is-the-null-device",
                    test_unasked_is_the_null_device);
    g_test_add_func("/process/input-arrives-and-ends", test_input);
    g_test_add_func("/process/big-output-arrives", test_big_output);
    g_test_add_func("/process/environment-is-inherited-or-replaced", test_environment);
    g_test_add_func("/process/environment-entries-have-names", test_odd_environment);
    g_test_add_func("/process/descendant-outlives-and-is-not-waited-for", test_descendant_outlives);
    g_test_add_func("/process/freed-one-runs-on", test_freed_runs_on);
    g_test_add_func("/process/more-than-one-poll-holds", test_more_than_one_poll_holds);
    g_test_add_func("/process/fifty-leave-nothing-behind", test_many_leave_nothing);
    g_test_add_func("/process/failures-leave-nothing-behind", test_failures_leave_nothing);
    IN_DIRS("path/first-directory-wins", test_path_order);
    IN_DIRS("path/working-directory-is-not-in-it", test_path_not_here);
    IN_DIRS("path/comes-from-the-environment-given", test_path_of_the_agent);
    IN_DIRS("batch/arguments-arrive-as-given", test_batch_arguments);
    IN_DIRS("batch/refuses-what-cmd-would-read", test_batch_refuses);
    return g_test_run();
}
