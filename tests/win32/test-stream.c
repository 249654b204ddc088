/* SPDX-License-Identifier: Apache-2.0 */
#include "../posix/loop.h"
#include "os-handle.h"
#include "os-pipe.h"
#include "os-stream-handle.h"
#include "os-utf16.h"

#include <gio/gio.h>
#include <string.h>

enum { MEGABYTE = 1 << 20 };

typedef struct {
    OsStream *stream; /* the end under test */
    HANDLE peer;      /* the other one */
    guint calls;
} Pair;

static void join_as(Pair *pair, DWORD peer_flags, OsStreamFlags flags)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *unique = g_uuid_string_random();
    g_autofree char *text = g_strdup_printf("\\\\.\\pipe\\test-%s", unique);
    g_autofree wchar_t *name = os_utf16(text, &error);
    g_auto(OsPipeAccess) access = os_pipe_access(&error);
    g_assert_no_error(error);
    HANDLE here = os_pipe_instance(name, PIPE_ACCESS_DUPLEX, TRUE, 1, access);
    g_assert_nonnull(here);
    pair->peer =
        CreateFileW(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, peer_flags, NULL);
    g_assert_true(os_handle_is_valid(pair->peer));
    pair->stream = os_stream_of_handle(here, flags);
}

static void join(Pair *pair, DWORD peer_flags)
{
    join_as(pair, peer_flags, OS_STREAM_PIPE);
}

static void pair_open(Pair *pair, gconstpointer data)
{
    join(pair, 0);
}

static void pair_close(Pair *pair, gconstpointer data)
{
    os_stream_free(pair->stream);
    os_handle_close(pair->peer);
}

static void hang_up(Pair *pair)
{
    os_handle_close(os_handle_steal(&pair->peer));
}

static void count(OsStream *stream, gpointer data)
{
    ((Pair *)data)->calls++;
}

static void say(HANDLE peer, const char *text)
{
    DWORD n = 0;
    g_assert_true(WriteFile(peer, text, (DWORD)strlen(text), &n, NULL));
    g_assert_cmpuint(n, ==, strlen(text));
}

static OsIo read_some(OsStream *stream, char *buf, gsize len, gsize *got)
{
    g_autoptr(GError) error = NULL;
    OsIo io = os_stream_read(stream, buf, len, got, &error);
    g_assert_no_error(error);
    return io;
}

static OsIo write_some(OsStream *stream, const char *buf, gsize len, gsize *put)
{
    g_autoptr(GError) error = NULL;
    OsIo io = os_stream_write(stream, buf, len, put, &error);
    g_assert_no_error(error);
    return io;
}

/* Reads at most @len bytes once there are some, or the end: 0. */
static gsize await(OsStream *stream, char *buf, gsize len)
{
    gsize got = 0;
    OsIo io;
    loop_until((io = read_some(stream, buf, len, &got)) != OS_IO_AGAIN);
    return io == OS_IO_END ? 0 : got;
}

/* Returns what the stream took until it took no more. */
static gsize fill(OsStream *stream)
{
    static const char block[65536];
    gsize all = 0, put = 0;
    OsIo io;
    while ((io = write_some(stream, block, sizeof block, &put)) == OS_IO_DONE)
        all += put;
    g_assert_cmpint(io, ==, OS_IO_AGAIN);
    return all;
}

typedef struct {
    HANDLE peer;
    gsize wanted, got; /* up to which number; G_MAXSIZE: up to the end */
} Reader;

static gpointer read_all(gpointer data)
{
    Reader *reader = data;
    char block[65536];
    DWORD n;
    while (reader->got < reader->wanted &&
           ReadFile(reader->peer, block, (DWORD)MIN(sizeof block, reader->wanted - reader->got), &n,
                    NULL))
        reader->got += n;
    g_main_context_wakeup(NULL);
    return NULL;
}

static void test_moves(Pair *pair, gconstpointer data)
{
    char buf[8];
    gsize n = 99;
    DWORD back;
    g_assert_cmpint(read_some(pair->stream, buf, sizeof buf, &n), ==, OS_IO_AGAIN);
    g_assert_cmpuint(n, ==, 99);
    say(pair->peer, "hello");
    g_assert_cmpuint(await(pair->stream, buf, 3), ==, 3);
    g_assert_cmpmem(buf, 3, "hel", 3);
    g_assert_cmpint(read_some(pair->stream, buf, sizeof buf, &n), ==, OS_IO_DONE);
    g_assert_cmpmem(buf, (int)n, "lo", 2);
    g_assert_cmpint(write_some(pair->stream, "back", 4, &n), ==, OS_IO_DONE);
    g_assert_cmpuint(n, ==, 4);
    g_assert_true(ReadFile(pair->peer, buf, sizeof buf, &back, NULL));
    g_assert_cmpmem(buf, back, "back", 4);
}

static void test_end(Pair *pair, gconstpointer data)
{
    char buf[8];
    gsize n;
    say(pair->peer, "last");
    hang_up(pair);
    g_assert_cmpuint(await(pair->stream, buf, sizeof buf), ==, 4);
    g_assert_cmpuint(await(pair->stream, buf, sizeof buf), ==, 0);
    g_assert_cmpint(read_some(pair->stream, buf, sizeof buf, &n), ==, OS_IO_END);
    g_assert_cmpint(write_some(pair->stream, "x", 1, &n), ==, OS_IO_END);
    g_assert_false(os_stream_half_closes(pair->stream));
}

static void test_failure(Pair *pair, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    gsize n = 99;
    char buf[1];
    g_autoptr(OsStream) event =
        os_stream_of_handle(CreateEventW(NULL, TRUE, FALSE, NULL), OS_STREAM_PIPE);
    g_assert_cmpint(os_stream_read(event, buf, 1, &n, &error), ==, OS_IO_FAILED);
    g_assert_nonnull(error);
    g_assert_true(g_str_has_prefix(error->message, "failed to read: "));
    g_assert_cmpuint(n, ==, 99);
}

static void test_level(Pair *pair, gconstpointer data)
{
    char buf[8];
    gsize n;
    os_stream_watch(pair->stream, OS_WATCH_READ, count, pair);
    g_assert_true(loop_is_quiet());
    say(pair->peer, "two");
    loop_until(pair->calls == 3);
    g_assert_cmpint(read_some(pair->stream, buf, 1, &n), ==, OS_IO_DONE);
    loop_until(pair->calls == 6);
    g_assert_cmpint(read_some(pair->stream, buf, sizeof buf, &n), ==, OS_IO_DONE);
    g_assert_true(loop_is_quiet());
    g_assert_cmpuint(pair->calls, ==, 6);
}

/* A write of nothing ends the read at the other end of a pipe, which is no end of the stream. */
static void test_nothing(Pair *pair, gconstpointer data)
{
    char buf[8];
    DWORD n;
    os_stream_watch(pair->stream, OS_WATCH_READ, count, pair);
    g_assert_true(WriteFile(pair->peer, "", 0, &n, NULL));
    say(pair->peer, "more");
    g_assert_cmpuint(await(pair->stream, buf, sizeof buf), ==, 4);
}

static void test_back_pressure(Pair *pair, gconstpointer data)
{
    Reader reader = {pair->peer, fill(pair->stream), 0};
    os_stream_watch(pair->stream, OS_WATCH_WRITE, count, pair);
    g_assert_true(loop_is_quiet());
    g_assert_cmpuint(pair->calls, ==, 0);
    GThread *thread = g_thread_new("reader", read_all, &reader);
    loop_until(pair->calls > 0);
    g_thread_join(thread);
    g_assert_cmpuint(reader.got, ==, reader.wanted);
}

static void test_unwatched(Pair *pair, gconstpointer data)
{
    os_stream_watch(pair->stream, OS_WATCH_READ, count, pair);
    os_stream_watch(pair->stream, OS_WATCH_NONE, NULL, NULL);
    say(pair->peer, "bytes");
    hang_up(pair);
    g_assert_true(loop_is_quiet());
    g_assert_cmpuint(pair->calls, ==, 0);
    os_stream_watch(pair->stream, OS_WATCH_READ, count, pair);
    loop_until(pair->calls == 1);
}

static void test_end_wakes_writer(Pair *pair, gconstpointer data)
{
    gsize n;
    fill(pair->stream);
    os_stream_watch(pair->stream, OS_WATCH_WRITE, count, pair);
    hang_up(pair);
    loop_until(pair->calls == 1);
    g_assert_cmpint(write_some(pair->stream, "x", 1, &n), ==, OS_IO_END);
}

static void free_it(OsStream *stream, gpointer data)
{
    Pair *pair = data;
    os_stream_free(g_steal_pointer(&pair->stream));
    pair->calls++;
}

static void test_free_in_ready(Pair *pair, gconstpointer data)
{
    char buf[8];
    DWORD n;
    os_stream_watch(pair->stream, OS_WATCH_READ | OS_WATCH_WRITE, free_it, pair);
    loop_until(pair->calls == 1);
    g_assert_true(loop_is_quiet());
    g_assert_cmpuint(pair->calls, ==, 1);
    g_assert_false(ReadFile(pair->peer, buf, sizeof buf, &n, NULL));
    g_assert_cmpuint(GetLastError(), ==, ERROR_BROKEN_PIPE);
}

static void test_delivers(Pair *pair, gconstpointer data)
{
    Reader reader = {pair->peer, G_MAXSIZE, 0};
    gsize all = fill(pair->stream);
    os_stream_free(g_steal_pointer(&pair->stream));
    GThread *thread = g_thread_new("reader", read_all, &reader);
    loop_until(reader.got >= all);
    g_assert_true(loop_is_quiet());
    g_thread_join(thread); /* which comes to the end */
    g_assert_cmpuint(reader.got, ==, all);
}

/* At the end of a process, when no loop runs any more. */
static void test_settles(Pair *pair, gconstpointer data)
{
    Reader reader = {pair->peer, G_MAXSIZE, 0};
    gsize all = fill(pair->stream);
    os_stream_free(g_steal_pointer(&pair->stream));
    GThread *thread = g_thread_new("reader", read_all, &reader);
    os_stream_settle(LOOP_PATIENCE * 1000);
    g_thread_join(thread);
    g_assert_cmpuint(reader.got, ==, all);
}

static void test_settles_for_a_moment(Pair *pair, gconstpointer data)
{
    gint64 start = g_get_monotonic_time();
    os_stream_settle(LOOP_PATIENCE * 1000); /* nothing was left */
    fill(pair->stream);
    os_stream_free(g_steal_pointer(&pair->stream));
    os_stream_settle(1);
    g_assert_cmpint(g_get_monotonic_time() - start, <, LOOP_PATIENCE * G_USEC_PER_SEC / 2);
    hang_up(pair);
    os_stream_settle(LOOP_PATIENCE * 1000);
    g_assert_true(loop_is_quiet());
}

/* The read that a watched port has under way is cancelled first, which must not pass for the end of
 * the write. */
static void test_port_delivers(void)
{
    Pair pair = {0};
    join_as(&pair, 0, OS_STREAM_PORT);
    Reader reader = {pair.peer, G_MAXSIZE, 0};
    os_stream_watch(pair.stream, OS_WATCH_READ, count, &pair);
    gsize all = fill(pair.stream);
    GThread *thread = g_thread_new("reader", read_all, &reader);
    os_stream_free(g_steal_pointer(&pair.stream));
    g_thread_join(thread);
    g_assert_cmpuint(reader.got, ==, all);
    pair_close(&pair, NULL);
}

static void test_hang_up(Pair *pair, gconstpointer data)
{
    char buf[8];
    gsize n;
    os_stream_watch(pair->stream, OS_WATCH_READ, count, pair);
    say(pair->peer, "rest");
    loop_until(pair->calls > 0);
    os_stream_hang_up(pair->stream);
    g_assert_cmpuint(await(pair->stream, buf, sizeof buf), ==, 4);
    say(pair->peer, "next");
    g_assert_cmpuint(await(pair->stream, buf, sizeof buf), ==, 0);
    g_assert_cmpint(write_some(pair->stream, "x", 1, &n), ==, OS_IO_END);
}

static void test_hang_up_wakes(Pair *pair, gconstpointer data)
{
    gsize n;
    char buf[8];
    os_stream_watch(pair->stream, OS_WATCH_READ, count, pair);
    g_assert_true(loop_is_quiet());
    os_stream_hang_up(pair->stream);
    loop_until(pair->calls > 0);
    g_assert_cmpint(read_some(pair->stream, buf, sizeof buf, &n), ==, OS_IO_END);
}

typedef struct {
    OsStream *both[2];
    guint calls;
} Rivals;

static void quieten_other(OsStream *stream, gpointer data)
{
    Rivals *rivals = data;
    os_stream_watch(rivals->both[rivals->both[0] == stream], OS_WATCH_NONE, NULL, NULL);
    rivals->calls++;
}

static void test_same_turn(Pair *pair, gconstpointer data)
{
    Pair other = {0};
    join(&other, 0);
    Rivals rivals = {.both = {pair->stream, other.stream}};
    for (int i = 0; i < 2; i++)
        os_stream_watch(rivals.both[i], OS_WATCH_WRITE, quieten_other, &rivals);
    g_main_context_iteration(NULL, TRUE);
    g_assert_cmpuint(rivals.calls, ==, 1);
    pair_close(&other, NULL);
}

static gpointer watch_in_thread(gpointer data)
{
    Pair *pair = data;
    g_autoptr(GMainContext) context = g_main_context_new();
    g_main_context_push_thread_default(context);
    os_stream_watch(pair->stream, OS_WATCH_READ, count, pair);
    while (!pair->calls)
        g_main_context_iteration(context, TRUE);
    os_stream_free(g_steal_pointer(&pair->stream));
    g_main_context_pop_thread_default(context);
    return NULL;
}

static void test_thread(Pair *pair, gconstpointer data)
{
    GThread *thread = g_thread_new("stream", watch_in_thread, pair);
    say(pair->peer, "x");
    g_thread_join(thread);
    g_assert_cmpuint(pair->calls, ==, 1);
}

static void count_and_take(OsStream *stream, gpointer data)
{
    char buf[8];
    gsize n;
    Pair *pair = data;
    pair->calls += read_some(stream, buf, sizeof buf, &n) == OS_IO_DONE;
}

static gboolean all_called(const Pair *pairs, gsize number)
{
    for (gsize i = 0; i < number; i++)
        if (!pairs[i].calls)
            return FALSE;
    return TRUE;
}

/* WaitForMultipleObjects() takes 64 handles. */
static void test_many(void)
{
    enum { MANY = 200 };
    g_autofree Pair *pairs = g_new0(Pair, MANY);
    for (gsize i = 0; i < MANY; i++) {
        join(&pairs[i], 0);
        os_stream_watch(pairs[i].stream, OS_WATCH_READ, count_and_take, &pairs[i]);
    }
    g_assert_true(loop_is_quiet());
    for (gsize i = 0; i < MANY; i++)
        say(pairs[i].peer, "x");
    loop_until(all_called(pairs, MANY));
    g_assert_true(loop_is_quiet());
    for (gsize i = 0; i < MANY; i++) {
        g_assert_cmpuint(pairs[i].calls, ==, 1);
        pair_close(&pairs[i], NULL);
    }
}

/* Both ends in one loop, as an agent's and a client's would be in two. */
typedef struct {
    OsStream *from, *to;
    gsize size, sent, received;
    gsize step;
    char *block;
} Transfer;

static char byte_at(gsize position)
{
    return (char)(position * 31 + position / 4099);
}

static void send_more(OsStream *stream, gpointer data)
{
    Transfer *transfer = data;
    gsize put, len = MIN(transfer->step, transfer->size - transfer->sent);
    if (len == 0) {
        os_stream_watch(stream, OS_WATCH_NONE, NULL, NULL);
        return;
    }
    for (gsize i = 0; transfer->block && i < len; i++)
        transfer->block[i] = byte_at(transfer->sent + i);
    if (write_some(stream, transfer->block, len, &put) == OS_IO_DONE)
        transfer->sent += put;
}

static void check_more(OsStream *stream, gpointer data)
{
    Transfer *transfer = data;
    char buf[10007];
    gsize got;
    if (read_some(stream, buf, sizeof buf, &got) != OS_IO_DONE)
        return;
    for (gsize i = 0; i < got; i++)
        if (buf[i] != byte_at(transfer->received + i))
            g_error("byte %zu is wrong", transfer->received + i);
    transfer->received += got;
}

static void transfer_run(Transfer *transfer, OsStreamReady sender, OsStreamReady receiver)
{
    os_stream_watch(transfer->to, OS_WATCH_READ, receiver, transfer);
    os_stream_watch(transfer->from, OS_WATCH_WRITE, sender, transfer);
    loop_until(transfer->received == transfer->size);
}

static void test_integrity(void)
{
    static const gsize steps[] = {1, 4096, 4097, MEGABYTE};
    for (gsize i = 0; i < G_N_ELEMENTS(steps); i++) {
        Pair pair = {0};
        join(&pair, FILE_FLAG_OVERLAPPED);
        g_autoptr(OsStream) other = os_stream_of_handle(os_handle_steal(&pair.peer), 0);
        g_autofree char *block = g_malloc(steps[i]);
        Transfer transfer = {pair.stream, other, MIN(steps[i] * 3000, 5 * MEGABYTE + 1), 0, 0,
                             steps[i],    block};
        transfer_run(&transfer, send_more, check_more);
        pair_close(&pair, NULL);
    }
}

static void send_blindly(OsStream *stream, gpointer data)
{
    Transfer *transfer = data;
    gsize put;
    while (transfer->sent < transfer->size &&
           write_some(stream, transfer->block, transfer->step, &put) == OS_IO_DONE)
        transfer->sent += put;
    if (transfer->sent >= transfer->size)
        os_stream_watch(stream, OS_WATCH_NONE, NULL, NULL);
}

static void take_blindly(OsStream *stream, gpointer data)
{
    Transfer *transfer = data;
    gsize got;
    while (read_some(stream, transfer->block, transfer->step, &got) == OS_IO_DONE)
        transfer->received += got;
}

static void test_throughput(void)
{
    Pair pair = {0};
    join(&pair, FILE_FLAG_OVERLAPPED);
    g_autoptr(OsStream) other = os_stream_of_handle(os_handle_steal(&pair.peer), 0);
    g_autofree char *block = g_malloc0(MEGABYTE);
    Transfer transfer = {pair.stream, other, 512 * MEGABYTE, 0, 0, MEGABYTE, block};
    g_test_timer_start();
    transfer_run(&transfer, send_blindly, take_blindly);
    double speed = 512 / g_test_timer_elapsed();
    g_test_maximized_result(speed, "%.0f MiB/s over a pipe", speed);
    pair_close(&pair, NULL);
}

/* What a child gets, and what it must not. */
static void test_child_pipe(void)
{
    for (int we_write = 0; we_write < 2; we_write++) {
        g_autoptr(GError) error = NULL;
        HANDLE ours, theirs;
        DWORD flags, n;
        char buf[8];
        gsize put;
        gboolean ok = os_stream_pipe(we_write, &ours, &theirs, &error);
        g_assert_no_error(error);
        g_assert_true(ok);
        g_assert_true(GetHandleInformation(ours, &flags));
        g_assert_cmpuint(flags & HANDLE_FLAG_INHERIT, ==, 0);
        g_assert_true(GetHandleInformation(theirs, &flags));
        g_assert_cmpuint(flags & HANDLE_FLAG_INHERIT, ==, HANDLE_FLAG_INHERIT);
        OsStream *stream = os_stream_of_handle(ours, OS_STREAM_PIPE);
        if (we_write) {
            g_assert_cmpint(write_some(stream, "in", 2, &put), ==, OS_IO_DONE);
            os_stream_free(g_steal_pointer(&stream));
            g_assert_true(ReadFile(theirs, buf, sizeof buf, &n, NULL));
            g_assert_cmpmem(buf, n, "in", 2);
            g_assert_false(ReadFile(theirs, buf, sizeof buf, &n, NULL));
        } else {
            say(theirs, "out");
            g_assert_cmpuint(await(stream, buf, sizeof buf), ==, 3);
            os_stream_free(stream);
        }
        CloseHandle(theirs);
    }
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(Pair *pair, gconstpointer data);
    } tests[] = {
        {"/stream/moves-what-is-there", test_moves},
        {"/stream/a-peer-that-went-is-an-end-after-its-last-bytes", test_end},
        {"/stream/a-failure-sets-the-error-and-nothing-else", test_failure},
        {"/stream/is-level-triggered", test_level},
        {"/stream/a-write-of-nothing-is-no-end", test_nothing},
        {"/stream/a-full-peer-costs-nothing-until-it-reads", test_back_pressure},
        {"/stream/nobody-watching-costs-no-wake-up-even-hung-up", test_unwatched},
        {"/stream/a-waiting-writer-learns-of-the-end", test_end_wakes_writer},
        {"/stream/ready-may-free-the-stream", test_free_in_ready},
        {"/stream/what-was-taken-is-delivered-after-the-stream-was-freed", test_delivers},
        {"/stream/what-was-taken-is-delivered-before-the-process-ends", test_settles},
        {"/stream/the-end-of-the-process-does-not-wait-for-good", test_settles_for_a_moment},
        {"/stream/hung-up-it-gives-what-it-has-and-then-the-end", test_hang_up},
        {"/stream/hanging-up-wakes-its-reader", test_hang_up_wakes},
        {"/stream/unwatching-counts-within-the-same-turn", test_same_turn},
        {"/stream/calls-from-the-context-of-its-thread", test_thread},
    };
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].name, Pair, NULL, pair_open, tests[i].run, pair_close);
    g_test_add_func("/stream/a-port-has-a-moment-for-what-was-taken", test_port_delivers);
    g_test_add_func("/stream/two-hundred-are-served-in-one-loop", test_many);
    g_test_add_func("/stream/every-byte-comes-through-in-order", test_integrity);
    g_test_add_func("/stream/a-child-inherits-its-end-of-a-pipe-only", test_child_pipe);
    if (g_test_perf())
        g_test_add_func("/stream/throughput", test_throughput);
    return g_test_run();
}
