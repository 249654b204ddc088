/* SPDX-License-Identifier: Apache-2.0 */
#include "exec-table.h"
#include "exec.h"
#include "fake-process.h"

#include <string.h>

#define BOTH (OS_PROCESS_STDOUT | OS_PROCESS_STDERR)
#define MIB  (1024u * 1024)

typedef struct {
    VaExecTable *table;
} Fixture;

static void table_open(Fixture *fixture, gconstpointer data)
{
    fixture->table = va_exec_table_new();
}

static void table_close(Fixture *fixture, gconstpointer data)
{
    va_exec_table_free(fixture->table);
    fake_processes_reset();
}

static VaExec *reserve(Fixture *fixture, gsize input, OsProcessFlags flags)
{
    g_autoptr(GBytes) bytes = g_bytes_new_take(g_malloc0(input), input);
    g_autoptr(GError) error = NULL;
    VaExec *exec = va_exec_table_reserve(fixture->table, input ? bytes : NULL, flags, &error);
    g_assert_no_error(error);
    return exec;
}

static FakeProcess *start_with(Fixture *fixture, gsize input, OsProcessFlags flags)
{
    VaExec *exec = reserve(fixture, input, flags);
    g_assert_true(va_exec_spawn(exec, (const char *const[]){"program", NULL}, NULL, NULL));
    va_exec_table_add(fixture->table, exec);
    return fake_process_last();
}

static FakeProcess *start(Fixture *fixture, OsProcessFlags flags)
{
    return start_with(fixture, 0, flags);
}

static void say(FakeProcess *process, guint standard, const char *text)
{
    FakeStream *stream = fake_process_stream(process, standard);
    fake_stream_feed_text(stream, text);
    fake_stream_settle(stream);
}

static void say_much(FakeProcess *process, guint standard, gsize size)
{
    FakeStream *stream = fake_process_stream(process, standard);
    g_autofree char *bytes = g_strnfill(MIB, 'x');
    for (; size > 0; size -= MIN(size, MIB)) {
        fake_stream_feed(stream, bytes, MIN(size, MIB));
        fake_stream_settle(stream);
    }
}

static void hang_up(FakeProcess *process, guint standard)
{
    fake_stream_feed_end(fake_process_stream(process, standard));
    if (fake_stream_watched(fake_process_stream(process, standard)))
        fake_stream_wake(fake_process_stream(process, standard));
}

/* Ends with both of its outputs at their end. */
static void end_well(FakeProcess *process)
{
    hang_up(process, 1);
    hang_up(process, 2);
    fake_process_exit(process, 0);
}

static VaExecResult collect(Fixture *fixture, FakeProcess *process)
{
    VaExecResult result;
    g_autoptr(GError) error = NULL;
    va_exec_table_collect(fixture->table, fake_process_pid(process), &result, &error);
    g_assert_no_error(error);
    return result;
}

static gboolean has_exited(Fixture *fixture, FakeProcess *process)
{
    VaExecResult result = collect(fixture, process);
    g_assert_null(result.out);
    g_assert_null(result.err);
    return result.exited;
}

static void assert_unknown(Fixture *fixture, gint64 pid)
{
    VaExecResult result;
    g_autoptr(GError) error = NULL;
    g_autofree char *text = g_strdup_printf("PID %" G_GINT64_FORMAT " does not exist", pid);
    g_assert_false(va_exec_table_collect(fixture->table, pid, &result, &error));
    g_assert_cmpstr(error->message, ==, text);
}

static void assert_output(GBytes *bytes, gsize size)
{
    g_assert_cmpuint(bytes ? g_bytes_get_size(bytes) : 0, ==, size);
    g_clear_pointer(&bytes, g_bytes_unref);
}

static gboolean has_timer(const Fixture *fixture)
{
    return g_main_context_find_source_by_user_data(NULL, fixture->table) != NULL;
}

static void test_once(Fixture *fixture, gconstpointer data)
{
    FakeProcess *process = start(fixture, BOTH);
    g_assert_false(has_exited(fixture, process));
    say(process, 1, "hello ");
    say(process, 1, "world");
    end_well(process);

    VaExecResult result = collect(fixture, process);
    g_assert_true(result.exited);
    g_assert_false(result.end.signaled);
    g_assert_cmpint(result.end.value, ==, 0);
    g_assert_null(result.err);
    g_assert_false(result.out_truncated || result.err_truncated);
    g_assert_cmpmem(g_bytes_get_data(result.out, NULL), 11, "hello world", 11);
    g_bytes_unref(result.out);
    assert_unknown(fixture, fake_process_pid(process));
    g_assert_true(fake_process_is_freed(process));
}

static void test_unknown(Fixture *fixture, gconstpointer data)
{
    assert_unknown(fixture, 123);
    assert_unknown(fixture, -1);
    assert_unknown(fixture, G_MAXINT64);
}

static void test_signal(Fixture *fixture, gconstpointer data)
{
    FakeProcess *process = start(fixture, 0);
    fake_process_kill(process, 9);
    VaExecResult result = collect(fixture, process);
    g_assert_true(result.exited && result.end.signaled);
    g_assert_cmpint(result.end.value, ==, 9);
}

/* What is in the pipe at the end is read at the end. */
static void test_rest_is_read(Fixture *fixture, gconstpointer data)
{
    FakeProcess *process = start(fixture, BOTH);
    fake_stream_feed_text(fake_process_stream(process, 1), "last words");
    fake_stream_feed_end(fake_process_stream(process, 1));
    fake_stream_feed_end(fake_process_stream(process, 2));
    fake_process_exit(process, 0);
    VaExecResult result = collect(fixture, process);
    g_assert_true(result.exited);
    assert_output(result.out, strlen("last words"));
}

static void test_grace(Fixture *fixture, gconstpointer data)
{
    FakeProcess *process = start(fixture, BOTH);
    fake_process_exit(process, 0);
    g_assert_false(has_exited(fixture, process));
    say(process, 1, "late");
    hang_up(process, 1);
    g_assert_false(has_exited(fixture, process));
    hang_up(process, 2);
    VaExecResult result = collect(fixture, process);
    g_assert_true(result.exited);
    assert_output(result.out, 4);
}

static void finish_grace(Fixture *fixture, FakeProcess *process)
{
    while (!has_exited(fixture, process))
        g_main_context_iteration(NULL, TRUE);
}

static void test_grandchild(Fixture *fixture, gconstpointer data)
{
    FakeProcess *process = start(fixture, OS_PROCESS_STDOUT);
    FakeStream *pipe = fake_process_stream(process, 1);
    gint64 before = g_get_monotonic_time();
    fake_process_exit(process, 0);
    finish_grace(fixture, process);
    g_assert_cmpint(g_get_monotonic_time() - before, >=, VA_EXEC_GRACE * 1000 / 2);

    say(process, 1, "nobody wants this");
    g_assert_true(fake_stream_is_drained(pipe));
    g_assert_false(fake_stream_is_closed(pipe));
    hang_up(process, 1);
    g_assert_true(fake_stream_is_closed(pipe));
}

static void test_leftovers_are_bounded(Fixture *fixture, gconstpointer data)
{
    FakeProcess *processes[VA_EXEC_LEFTOVERS_MAX + 1];
    for (guint i = 0; i < G_N_ELEMENTS(processes); i++) {
        processes[i] = start(fixture, OS_PROCESS_STDERR);
        fake_process_exit(processes[i], 0);
    }
    for (guint i = 0; i < G_N_ELEMENTS(processes); i++)
        finish_grace(fixture, processes[i]);
    g_assert_true(fake_stream_is_closed(fake_process_stream(processes[0], 2)));
    for (guint i = 1; i < G_N_ELEMENTS(processes); i++)
        g_assert_false(fake_stream_is_closed(fake_process_stream(processes[i], 2)));
}

static void test_endless_grandchild(Fixture *fixture, gconstpointer data)
{
    FakeProcess *process = start(fixture, OS_PROCESS_STDOUT);
    g_autofree char *bytes = g_strnfill(MIB, 'x');
    for (guint i = 0; i < 8; i++)
        fake_stream_feed(fake_process_stream(process, 1), bytes, MIB);
    fake_process_exit(process, 0);
    g_assert_false(fake_stream_is_drained(fake_process_stream(process, 1)));
    fake_stream_settle(fake_process_stream(process, 1));
    hang_up(process, 1);
    assert_output(collect(fixture, process).out, 8 * MIB);
}

static void test_input(Fixture *fixture, gconstpointer data)
{
    FakeProcess *process = start_with(fixture, 100, 0);
    FakeStream *pipe = fake_process_stream(process, 0);
    g_assert_cmpuint(fake_process_flags(process), ==, OS_PROCESS_STDIN);
    fake_stream_limit_total(pipe, 60);
    fake_stream_settle(pipe);
    g_assert_cmpuint(fake_stream_written(pipe)->len, ==, 60);
    g_assert_false(fake_stream_is_closed(pipe));
    fake_stream_limit_total(pipe, 60);
    fake_stream_settle(pipe);
    g_assert_cmpuint(fake_stream_written(pipe)->len, ==, 100);
    g_assert_true(fake_stream_is_closed(pipe));
}

static void test_input_refused(Fixture *fixture, gconstpointer data)
{
    FakeProcess *process = start_with(fixture, 100, 0);
    FakeProcess *failing = start_with(fixture, 100, 0);
    fake_stream_end_writes(fake_process_stream(process, 0));
    fake_stream_fail_writes(fake_process_stream(failing, 0), "odd");
    fake_stream_settle(fake_process_stream(process, 0));
    fake_stream_settle(fake_process_stream(failing, 0));
    g_assert_true(fake_stream_is_closed(fake_process_stream(process, 0)));
    g_assert_true(fake_stream_is_closed(fake_process_stream(failing, 0)));
    g_assert_false(has_exited(fixture, process));
}

static void test_input_ends_with_the_program(Fixture *fixture, gconstpointer data)
{
    FakeProcess *process = start_with(fixture, 100, 0);
    fake_process_exit(process, 0);
    g_assert_true(fake_stream_is_closed(fake_process_stream(process, 0)));
    g_assert_true(has_exited(fixture, process));
}

static void test_empty_input(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GBytes) empty = g_bytes_new_static("", 0);
    VaExec *exec = va_exec_table_reserve(fixture->table, empty, 0, NULL);
    g_assert_true(va_exec_spawn(exec, (const char *const[]){"program", NULL}, NULL, NULL));
    va_exec_table_add(fixture->table, exec);
    g_assert_cmpuint(fake_process_flags(fake_process_last()), ==, OS_PROCESS_STDIN);
    g_assert_true(fake_stream_is_closed(fake_process_stream(fake_process_last(), 0)));
}

static void test_input_is_bounded(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) one = g_bytes_new_static("x", 1);
    FakeProcess *process = start_with(fixture, VA_EXEC_INPUT_MAX - 1, 0);
    VaExec *last = reserve(fixture, 1, 0);
    g_assert_null(va_exec_table_reserve(fixture->table, one, 0, &error));
    g_assert_cmpstr(error->message, ==,
                    "too much input-data waits to be read by programs that run");
    va_exec_table_cancel(fixture->table, last);
    va_exec_table_cancel(fixture->table, reserve(fixture, 1, 0));
    fake_process_exit(process, 0);
    va_exec_table_cancel(fixture->table, reserve(fixture, VA_EXEC_INPUT_MAX, 0));
}

static void test_output_is_cut(Fixture *fixture, gconstpointer data)
{
    FakeProcess *process = start(fixture, BOTH);
    say_much(process, 1, VA_EXEC_OUTPUT_MAX);
    say_much(process, 2, VA_EXEC_OUTPUT_MAX + 1);
    g_assert_true(fake_stream_is_drained(fake_process_stream(process, 2)));
    end_well(process);
    VaExecResult result = collect(fixture, process);
    g_assert_false(result.out_truncated);
    g_assert_true(result.err_truncated);
    assert_output(result.out, VA_EXEC_OUTPUT_MAX);
    assert_output(result.err, VA_EXEC_OUTPUT_MAX);
}

static FakeProcess *finished_with(Fixture *fixture, gsize output)
{
    FakeProcess *process = start(fixture, BOTH);
    say_much(process, 1, output);
    end_well(process);
    return process;
}

static void test_oldest_result_makes_room(Fixture *fixture, gconstpointer data)
{
    FakeProcess *silent = finished_with(fixture, 0);
    FakeProcess *finished[5];
    for (guint i = 0; i < G_N_ELEMENTS(finished); i++)
        finished[i] = finished_with(fixture, VA_EXEC_OUTPUT_MAX);
    assert_unknown(fixture, fake_process_pid(finished[0]));
    for (guint i = 1; i < G_N_ELEMENTS(finished); i++) {
        VaExecResult result = collect(fixture, finished[i]);
        g_assert_false(result.out_truncated);
        assert_output(result.out, VA_EXEC_OUTPUT_MAX);
    }
    g_assert_true(has_exited(fixture, silent));
}

static void test_collecting_makes_room(Fixture *fixture, gconstpointer data)
{
    for (guint i = 0; i < 6; i++) {
        VaExecResult result = collect(fixture, finished_with(fixture, VA_EXEC_OUTPUT_MAX));
        g_assert_false(result.out_truncated);
        assert_output(result.out, VA_EXEC_OUTPUT_MAX);
    }
}

static void test_running_are_cut_not_evicted(Fixture *fixture, gconstpointer data)
{
    FakeProcess *running[4];
    FakeProcess *last = start(fixture, BOTH);
    for (guint i = 0; i < G_N_ELEMENTS(running); i++) {
        running[i] = start(fixture, BOTH);
        say_much(running[i], 1, VA_EXEC_OUTPUT_MAX);
    }
    say(last, 1, "no room");
    end_well(running[0]);
    assert_output(collect(fixture, running[0]).out, VA_EXEC_OUTPUT_MAX);
    say(last, 1, "room again, but that would leave a hole");
    end_well(last);
    VaExecResult result = collect(fixture, last);
    g_assert_null(result.out);
    g_assert_true(result.out_truncated);
}

static void test_records_are_bounded(Fixture *fixture, gconstpointer data)
{
    FakeProcess *first = finished_with(fixture, 0);
    FakeProcess *second = finished_with(fixture, 0);
    for (guint i = 2; i < VA_EXEC_RECORDS_MAX; i++)
        start(fixture, 0);
    FakeProcess *more = start(fixture, 0);
    assert_unknown(fixture, fake_process_pid(first));
    g_assert_true(has_exited(fixture, second));
    start(fixture, 0);

    g_autoptr(GError) error = NULL;
    g_assert_null(va_exec_table_reserve(fixture->table, NULL, 0, &error));
    g_assert_cmpstr(error->message, ==, "too many programs are running: 1024");
    fake_process_exit(more, 0);
    VaExec *exec = reserve(fixture, 0, 0);
    assert_unknown(fixture, fake_process_pid(more));
    va_exec_table_cancel(fixture->table, exec);
}

static void test_reservations_count(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GPtrArray) reserved = g_ptr_array_new();
    for (guint i = 0; i < VA_EXEC_RECORDS_MAX; i++)
        g_ptr_array_add(reserved, reserve(fixture, 0, 0));
    g_assert_null(va_exec_table_reserve(fixture->table, NULL, 0, NULL));
    for (guint i = 0; i < reserved->len; i++)
        va_exec_table_cancel(fixture->table, reserved->pdata[i]);
    va_exec_table_cancel(fixture->table, reserve(fixture, 0, 0));
}

static void test_age(Fixture *fixture, gconstpointer data)
{
    const gint64 hour = (gint64)VA_EXEC_AGE_MAX * G_USEC_PER_SEC;
    FakeProcess *running = start(fixture, BOTH);
    FakeProcess *process = finished_with(fixture, 10);
    gint64 now = g_get_monotonic_time();
    va_exec_table_expire(fixture->table, now + hour - 60 * G_USEC_PER_SEC);
    g_assert_false(fake_process_is_freed(process));
    va_exec_table_expire(fixture->table, now + hour + 1);
    assert_unknown(fixture, fake_process_pid(process));
    g_assert_false(has_exited(fixture, running));
}

static void test_timer(Fixture *fixture, gconstpointer data)
{
    FakeProcess *process = start(fixture, 0);
    g_assert_false(has_timer(fixture));
    fake_process_exit(process, 0);
    g_assert_true(has_timer(fixture));
    g_assert_true(has_exited(fixture, process));
    g_assert_false(has_timer(fixture));
}

static void test_reused_number(Fixture *fixture, gconstpointer data)
{
    fake_processes_set_next_pid(77);
    FakeProcess *old = finished_with(fixture, 10);
    fake_processes_set_next_pid(77);
    FakeProcess *new = start(fixture, BOTH);
    g_assert_true(fake_process_is_freed(old));
    g_assert_false(has_exited(fixture, new));
    end_well(new);
    g_assert_true(has_exited(fixture, new));
}

/* The old one has been reaped, but its pipe is still open. */
static void test_reused_number_in_grace(Fixture *fixture, gconstpointer data)
{
    fake_processes_set_next_pid(77);
    FakeProcess *old = start(fixture, BOTH);
    fake_process_exit(old, 1);
    fake_processes_set_next_pid(77);
    FakeProcess *new = start(fixture, 0);
    g_assert_true(fake_process_is_freed(old));
    fake_process_exit(new, 2);
    g_assert_cmpint(collect(fixture, new).end.value, ==, 2);
}

static void note(gpointer data)
{
    ++*(guint *)data;
}

/* A poll of a running program waits for its end; the test's own clock is the loop. */
static void test_poll_waits_for_the_end(Fixture *fixture, gconstpointer data)
{
    FakeProcess *process = start(fixture, BOTH);
    FakeProcess *other = start(fixture, BOTH);
    guint woken = 0, other_woken = 0;

    g_assert_true(va_exec_table_wait(fixture->table, fake_process_pid(process), note, &woken));
    end_well(process);
    g_assert_cmpuint(woken, ==, 0);
    while (!woken)
        g_main_context_iteration(NULL, TRUE);
    g_assert_true(has_exited(fixture, process));

    g_assert_true(va_exec_table_wait(fixture->table, fake_process_pid(other), note, &other_woken));
    while (!other_woken)
        g_main_context_iteration(NULL, TRUE);
    g_assert_false(has_exited(fixture, other));
    g_assert_cmpuint(woken, ==, 1);
}

static void test_poll_does_not_wait_for_nothing(Fixture *fixture, gconstpointer data)
{
    FakeProcess *process = start(fixture, BOTH);
    guint woken = 0;

    end_well(process);
    g_assert_false(va_exec_table_wait(fixture->table, fake_process_pid(process), note, &woken));
    g_assert_false(va_exec_table_wait(fixture->table, 4711, note, &woken));
}

static void test_freed_while_waited_for(Fixture *fixture, gconstpointer data)
{
    guint woken = 0;
    g_assert_true(
        va_exec_table_wait(fixture->table, fake_process_pid(start(fixture, BOTH)), note, &woken));
}

static void test_freed(Fixture *fixture, gconstpointer data)
{
    FakeProcess *process = start_with(fixture, 10, BOTH);
    FakeProcess *finished = finished_with(fixture, 10);
    va_exec_table_free(g_steal_pointer(&fixture->table));
    g_assert_true(fake_process_is_freed(process));
    g_assert_true(fake_process_is_freed(finished));
    for (guint i = 0; i < 3; i++)
        g_assert_true(fake_stream_is_closed(fake_process_stream(process, i)));
}

#define TEST(name, function)                                                                       \
    g_test_add("/exec-table/" name, Fixture, NULL, table_open, function, table_close)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    TEST("result-is-given-once", test_once);
    TEST("unknown-number-is-named", test_unknown);
    TEST("signal-is-told", test_signal);
    TEST("what-is-left-at-the-end-is-read", test_rest_is_read);
    TEST("late-output-has-a-grace", test_grace);
    TEST("grandchild-does-not-hold-up-the-result", test_grandchild);
    TEST("leftover-pipes-are-bounded", test_leftovers_are_bounded);
    TEST("endless-output-does-not-hold-up-the-loop", test_endless_grandchild);
    TEST("poll/waits-for-the-end-of-a-program", test_poll_waits_for_the_end);
    TEST("poll/does-not-wait-for-what-is-known", test_poll_does_not_wait_for_nothing);
    TEST("poll/may-be-cut-off", test_freed_while_waited_for);
    TEST("input/is-fed-as-it-is-taken", test_input);
    TEST("input/refusal-closes-it", test_input_refused);
    TEST("input/ends-with-the-program", test_input_ends_with_the_program);
    TEST("input/empty-one-ends-at-once", test_empty_input);
    TEST("input/is-bounded-in-all", test_input_is_bounded);
    TEST("output/is-cut-at-its-limit", test_output_is_cut);
    TEST("output/oldest-result-makes-room", test_oldest_result_makes_room);
    TEST("output/collecting-makes-room", test_collecting_makes_room);
    TEST("output/of-running-ones-is-cut", test_running_are_cut_not_evicted);
    TEST("records/are-bounded", test_records_are_bounded);
    TEST("records/reservations-count", test_reservations_count);
    TEST("records/age-out", test_age);
    TEST("records/no-timer-without-a-result", test_timer);
    TEST("records/reused-number-replaces", test_reused_number);
    TEST("records/reused-number-replaces-one-in-grace", test_reused_number_in_grace);
    TEST("free-lets-go-of-all", test_freed);
    return g_test_run();
}
