/* SPDX-License-Identifier: Apache-2.0 */
#include "child-program.h"
#include "os-run.h"
#include "os-text.h"

#include <gio/gio.h>
#include <string.h>

#define BIG (1024 * 1024)

/* More than any run here takes, less than the programs that must not be waited for. */
#define SOON_SECONDS 30

static OsRunResult run_it(const OsRun *run)
{
    g_autoptr(GError) error = NULL;
    OsRunResult result;
    gboolean started = os_run(run, &result, &error);

    g_assert_no_error(error);
    g_assert_true(started);
    return result;
}

/* child.exe with the words of @script. */
static OsRunResult run_child(const char *script, const OsRun *how)
{
    g_autofree char *path = child_path();
    g_auto(GStrv) words = g_strsplit(script, " ", -1);
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    OsRun run = *how;

    g_ptr_array_add(argv, path);
    for (guint i = 0; words[i]; i++)
        g_ptr_array_add(argv, words[i]);
    g_ptr_array_add(argv, NULL);
    run.argv = (const char *const *)argv->pdata;
    return run_it(&run);
}

static void assert_exits(const OsRunResult *result, gint64 status)
{
    g_assert_false(result->timed_out);
    g_assert_false(result->end.signaled);
    g_assert_cmpint(result->end.value, ==, status);
    g_assert_cmpint(os_run_succeeded(result), ==, status == 0);
}

static void test_output(void)
{
    g_auto(OsRunResult) result =
        run_child("out one err two out three", &(OsRun){.output_last = 100});
    assert_exits(&result, 0);
    g_assert_cmpstr(result.output, ==, "one\ntwo\nthree\n");
}

static void test_ends(void)
{
    g_auto(OsRunResult) exits = run_child("exit 7", &(OsRun){.time_limit = 60000});
    g_auto(OsRunResult) crashes = run_child("exit 0xc0000005", &(OsRun){.output_last = 100});
    assert_exits(&exits, 7);
    g_assert_cmpstr(exits.output, ==, "");
    g_assert_true(crashes.end.signaled);
    g_assert_cmpint(crashes.end.value, ==, (gint32)0xc0000005);
}

static void test_failure_to_start(void)
{
    const char *const argv[] = {"C:\\nonexistent\\program", NULL};
    g_autoptr(GError) error = NULL;
    OsRunResult result = {.output = NULL};
    g_autofree char *text = g_strdup_printf("failed to execute 'C:\\nonexistent\\program': %s",
                                            os_text_of(ERROR_FILE_NOT_FOUND));

    g_assert_false(os_run(&(OsRun){.argv = argv}, &result, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
    g_assert_cmpstr(error->message, ==, text);
    g_assert_null(result.output);
}

static void test_input(void)
{
    g_auto(OsRunResult) given =
        run_child("cat", &(OsRun){.input = "abc\n", .input_size = 4, .output_last = 100});
    g_auto(OsRunResult) empty = run_child("cat", &(OsRun){.input = "", .output_last = 100});
    g_auto(OsRunResult) none = run_child("cat", &(OsRun){.output_last = 100});

    assert_exits(&given, 0);
    g_assert_cmpstr(given.output, ==, "abc\n");
    assert_exits(&empty, 0);
    assert_exits(&none, 0);
}

/* Neither pipe holds a fraction of it: reading and writing must take turns. */
static void test_big_input_comes_back(void)
{
    g_autofree char *big = g_malloc(BIG);
    for (gsize i = 0; i < BIG; i++)
        big[i] = (char)('a' + i % 23);
    g_auto(OsRunResult) result =
        run_child("cat", &(OsRun){.input = big, .input_size = BIG, .output_last = 2 * BIG});

    assert_exits(&result, 0);
    g_assert_cmpuint(strlen(result.output), ==, BIG);
    g_assert_cmpint(memcmp(result.output, big, BIG), ==, 0);
}

static void test_input_nobody_reads(void)
{
    g_autofree char *big = g_strnfill(BIG, 'x');
    const OsRun how = {.input = big, .input_size = BIG, .output_last = 100};
    g_auto(OsRunResult) ends = run_child("out no exit 5", &how);
    g_auto(OsRunResult) deaf = run_child("deaf out yes sleep 100 exit 6", &how);

    assert_exits(&ends, 5);
    g_assert_cmpstr(ends.output, ==, "no\n");
    assert_exits(&deaf, 6);
    g_assert_cmpstr(deaf.output, ==, "yes\n");
}

static void test_last_of_a_long_output(void)
{
    g_auto(OsRunResult) last = run_child("big 2000000 out end", &(OsRun){.output_last = 6});
    g_auto(OsRunResult) none = run_child("big 2000000", &(OsRun){0});
    assert_exits(&last, 0);
    g_assert_cmpstr(last.output, ==, "xxend\n");
    assert_exits(&none, 0);
    g_assert_cmpstr(none.output, ==, "");
}

static HANDLE open_process(const char *number)
{
    return OpenProcess(PROCESS_TERMINATE | SYNCHRONIZE, FALSE,
                       (DWORD)g_ascii_strtoull(number, NULL, 10));
}

static void test_descendant_is_not_waited_for(void)
{
    g_autoptr(GTimer) timer = g_timer_new();
    g_auto(OsRunResult) result =
        run_child("leave 60000 exit 4", &(OsRun){.output_last = 100, .time_limit = 50000});
    HANDLE descendant = open_process(result.output);

    assert_exits(&result, 4);
    g_assert_cmpfloat(g_timer_elapsed(timer, NULL), <, SOON_SECONDS);
    g_assert_nonnull(descendant);
    g_assert_cmpuint(WaitForSingleObject(descendant, 0), ==, WAIT_TIMEOUT);
    TerminateProcess(descendant, 0);
    CloseHandle(descendant);
}

static void test_time_limit(void)
{
    g_autoptr(GTimer) timer = g_timer_new();
    g_auto(OsRunResult) result =
        run_child("out started sleep 60000", &(OsRun){.time_limit = 1500, .output_last = 100});

    g_assert_true(result.timed_out);
    g_assert_false(os_run_succeeded(&result));
    g_assert_cmpfloat(g_timer_elapsed(timer, NULL), >=, 1.5);
    g_assert_cmpfloat(g_timer_elapsed(timer, NULL), <, SOON_SECONDS);
    g_assert_cmpstr(result.output, ==, "started\n");
}

static void test_time_limit_is_for_descendants_too(void)
{
    g_auto(OsRunResult) result =
        run_child("leave 60000 sleep 60000", &(OsRun){.time_limit = 3000, .output_last = 100});
    HANDLE descendant = open_process(result.output);

    g_assert_true(result.timed_out);
    g_assert_cmpuint(g_ascii_strtoull(result.output, NULL, 10), >, 0);
    if (descendant)
        g_assert_cmpuint(WaitForSingleObject(descendant, 20000), ==, WAIT_OBJECT_0);
    if (descendant)
        CloseHandle(descendant);
}

/* It writes without end and does not read what it is given: neither may hide the time. */
static void test_time_limit_of_a_babbler(void)
{
    g_autofree char *big = g_strnfill(BIG, 'x');
    g_auto(OsRunResult) result = run_child(
        "babble", &(OsRun){.input = big, .input_size = BIG, .time_limit = 1000, .output_last = 4});

    g_assert_true(result.timed_out);
    g_assert_cmpstr(result.output, ==, "xxxx");
}

static void test_environment(void)
{
    const char *const envp[] = {"VA_A=1", NULL};
    g_auto(OsRunResult) given = run_child("env", &(OsRun){.envp = envp, .output_last = 4096});
    g_assert_nonnull(strstr(given.output, "VA_A=1\n"));
}

static DWORD count_handles(void)
{
    DWORD count = 0;
    GetProcessHandleCount(GetCurrentProcess(), &count);
    return count;
}

static void test_leaves_nothing(void)
{
    DWORD before = 0;
    for (guint i = 0; i < 30; i++) {
        g_auto(OsRunResult) result =
            run_child("cat", &(OsRun){.input = "x", .input_size = 1, .output_last = 10});
        g_assert_cmpstr(result.output, ==, "x");
        if (i == 0)
            before = count_handles();
    }
    g_assert_cmpuint(count_handles(), <=, before);
}

typedef struct {
    guint number;
    gboolean failed;
} Worker;

static gpointer work(gpointer data)
{
    Worker *worker = data;
    for (guint i = 0; i < 5; i++) {
        g_autofree char *script = g_strdup_printf("cat exit %u", worker->number + i);
        g_autofree char *input = g_strdup_printf("%u/%u", worker->number, i);
        g_auto(OsRunResult) result = run_child(
            script, &(OsRun){.input = input, .input_size = strlen(input), .output_last = 100});
        worker->failed |= result.end.value != worker->number + i;
        worker->failed |= strcmp(result.output, input) != 0;
    }
    return NULL;
}

static void test_threads(void)
{
    Worker workers[4] = {{10}, {40}, {70}, {100}};
    GThread *threads[G_N_ELEMENTS(workers)];

    for (guint i = 0; i < G_N_ELEMENTS(workers); i++)
        threads[i] = g_thread_new("worker", work, &workers[i]);
    for (guint i = 0; i < G_N_ELEMENTS(workers); i++) {
        g_thread_join(threads[i]);
        g_assert_false(workers[i].failed);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/run/output-is-both-streams-in-order", test_output);
    g_test_add_func("/run/ends-are-told-apart", test_ends);
    g_test_add_func("/run/failure-to-start-names-the-program", test_failure_to_start);
    g_test_add_func("/run/input-arrives-and-ends", test_input);
    g_test_add_func("/run/big-input-and-output-do-not-lock-up", test_big_input_comes_back);
    g_test_add_func("/run/input-nobody-reads-is-no-failure", test_input_nobody_reads);
    g_test_add_func("/run/only-the-last-output-is-kept", test_last_of_a_long_output);
    g_test_add_func("/run/a-descendant-is-not-waited-for", test_descendant_is_not_waited_for);
    g_test_add_func("/run/time-limit-ends-it", test_time_limit);
    g_test_add_func("/run/time-limit-ends-descendants-too", test_time_limit_is_for_descendants_too);
    g_test_add_func("/run/time-limit-ends-a-babbler", test_time_limit_of_a_babbler);
    g_test_add_func("/run/environment-is-the-one-given", test_environment);
    g_test_add_func("/run/thirty-leave-nothing-behind", test_leaves_nothing);
    g_test_add_func("/run/threads-do-not-disturb-each-other", test_threads);
    return g_test_run();
}
