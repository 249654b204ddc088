/* SPDX-License-Identifier: Apache-2.0 */
#include "loop.h"
#include "os-stream-fd.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct {
    OsStream *stream; /* the end under test */
    int peer;
    guint calls;
} Pair;

static void pair_open(Pair *pair, gconstpointer data)
{
    int fds[2];
    g_assert_no_errno(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds));
    pair->stream = os_stream_from_fd(fds[0]);
    pair->peer = fds[1];
}

static void pair_close(Pair *pair, gconstpointer data)
{
    os_stream_free(pair->stream);
    if (pair->peer >= 0)
        close(pair->peer);
}

static void hang_up(Pair *pair)
{
    close(pair->peer);
    pair->peer = -1;
}

static void count(OsStream *stream, gpointer data)
{
    ((Pair *)data)->calls++;
}

static void say(int fd, const char *text)
{
    g_assert_cmpint(write(fd, text, strlen(text)), ==, (gssize)strlen(text));
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

static void fill(OsStream *stream)
{
    static const char block[65536];
    gsize put;
    OsIo io;
    do
        io = write_some(stream, block, sizeof block, &put);
    while (io == OS_IO_DONE);
    g_assert_cmpint(io, ==, OS_IO_AGAIN);
}

static void drain(int fd)
{
    char block[65536];
    while (recv(fd, block, sizeof block, MSG_DONTWAIT) > 0)
        continue;
}

static void test_moves(Pair *pair, gconstpointer data)
{
    char buf[8];
    gsize n = 99;
    g_assert_cmpint(read_some(pair->stream, buf, sizeof buf, &n), ==, OS_IO_AGAIN);
    g_assert_cmpuint(n, ==, 99);
    say(pair->peer, "hello");
    g_assert_cmpint(read_some(pair->stream, buf, 3, &n), ==, OS_IO_DONE);
    g_assert_cmpmem(buf, (int)n, "hel", 3);
    g_assert_cmpint(read_some(pair->stream, buf, sizeof buf, &n), ==, OS_IO_DONE);
    g_assert_cmpmem(buf, (int)n, "lo", 2);
    g_assert_cmpint(write_some(pair->stream, "back", 4, &n), ==, OS_IO_DONE);
    g_assert_cmpuint(n, ==, 4);
    g_assert_cmpint(read(pair->peer, buf, sizeof buf), ==, 4);
}

static void test_flags(Pair *pair, gconstpointer data)
{
    int fds[2];
    g_assert_no_errno(pipe(fds));
    g_autoptr(OsStream) in = os_stream_from_fd(fds[0]);
    g_autoptr(OsStream) out = os_stream_from_fd(fds[1]);
    for (int i = 0; i < 2; i++) {
        g_assert_cmpint(fcntl(fds[i], F_GETFD) & FD_CLOEXEC, ==, FD_CLOEXEC);
        g_assert_cmpint(fcntl(fds[i], F_GETFL) & O_NONBLOCK, ==, O_NONBLOCK);
    }
    g_assert_false(os_stream_half_closes(in));
    g_assert_false(os_stream_half_closes(out));
    g_assert_true(os_stream_half_closes(pair->stream));
}

static void test_half_close(Pair *pair, gconstpointer data)
{
    char buf[8];
    gsize n;
    say(pair->peer, "x");
    shutdown(pair->peer, SHUT_WR);
    g_assert_cmpint(read_some(pair->stream, buf, sizeof buf, &n), ==, OS_IO_DONE);
    g_assert_cmpint(read_some(pair->stream, buf, sizeof buf, &n), ==, OS_IO_END);
    g_assert_cmpint(write_some(pair->stream, "answer", 6, &n), ==, OS_IO_DONE);
    g_assert_cmpint(read(pair->peer, buf, sizeof buf), ==, 6);
}

static void test_reset(Pair *pair, gconstpointer data)
{
    char buf[8];
    gsize n;
    g_assert_cmpint(write_some(pair->stream, "unread", 6, &n), ==, OS_IO_DONE);
    hang_up(pair);
    g_assert_cmpint(read_some(pair->stream, buf, sizeof buf, &n), ==, OS_IO_END);
    g_assert_cmpint(write_some(pair->stream, "x", 1, &n), ==, OS_IO_END);
}

static void test_pipe_reader_gone(void)
{
    int fds[2];
    gsize n;
    g_assert_no_errno(pipe(fds));
    g_autoptr(OsStream) out = os_stream_from_fd(fds[1]);
    close(fds[0]);
    g_assert_cmpint(write_some(out, "x", 1, &n), ==, OS_IO_END);
}

static void test_failure(void)
{
    g_autoptr(GError) error = NULL;
    gsize n = 99;
    char buf[1];
    g_autoptr(OsStream) folder = os_stream_from_fd(open("/", O_RDONLY | O_CLOEXEC));
    g_assert_cmpint(os_stream_read(folder, buf, 1, &n, &error), ==, OS_IO_FAILED);
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY);
    g_assert_cmpstr(error->message, ==, "failed to read: Is a directory");
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
    read_some(pair->stream, buf, sizeof buf, &n);
    g_assert_true(loop_is_quiet());
    g_assert_cmpuint(pair->calls, ==, 3);
}

static void test_back_pressure(Pair *pair, gconstpointer data)
{
    fill(pair->stream);
    os_stream_watch(pair->stream, OS_WATCH_WRITE, count, pair);
    g_assert_true(loop_is_quiet());
    drain(pair->peer);
    loop_until(pair->calls == 1);
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
    os_stream_watch(pair->stream, OS_WATCH_READ | OS_WATCH_WRITE, free_it, pair);
    loop_until(pair->calls == 1);
    g_assert_true(loop_is_quiet());
    g_assert_cmpuint(pair->calls, ==, 1);
    g_assert_cmpint(read(pair->peer, buf, sizeof buf), ==, 0);
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
    pair_open(&other, NULL);
    Rivals rivals = {.both = {pair->stream, other.stream}};
    for (int i = 0; i < 2; i++)
        os_stream_watch(rivals.both[i], OS_WATCH_WRITE, quieten_other, &rivals);
    g_main_context_iteration(NULL, TRUE);
    g_assert_cmpuint(rivals.calls, ==, 1);
    pair_close(&other, NULL);
}

static void test_changed_in_turn(Pair *pair, gconstpointer data)
{
    os_stream_watch(pair->stream, OS_WATCH_WRITE, count, pair);
    loop_until(pair->calls == 1);
    os_stream_watch(pair->stream, OS_WATCH_READ, count, pair);
    g_assert_true(loop_is_quiet());
    g_assert_cmpuint(pair->calls, ==, 1);
}

static gpointer watch_in_thread(gpointer data)
{
    Pair *pair = data;
    g_autoptr(GMainContext) context = g_main_context_new();
    g_main_context_push_thread_default(context);
    os_stream_watch(pair->stream, OS_WATCH_WRITE, count, pair);
    while (!pair->calls)
        g_main_context_iteration(context, TRUE);
    os_stream_free(g_steal_pointer(&pair->stream));
    g_main_context_pop_thread_default(context);
    return NULL;
}

static void test_thread(Pair *pair, gconstpointer data)
{
    g_thread_join(g_thread_new("stream", watch_in_thread, pair));
    g_assert_cmpuint(pair->calls, ==, 1);
}

/* A stream still connecting to a TCP port of this machine that listens, or does not. */
static OsStream *call_tcp(int listener, gboolean listens)
{
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof there;
    g_assert_no_errno(bind(listener, (struct sockaddr *)&there, size));
    g_assert_no_errno(getsockname(listener, (struct sockaddr *)&there, &size));
    if (listens)
        g_assert_no_errno(listen(listener, 1));
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (connect(fd, (struct sockaddr *)&there, size) < 0)
        g_assert_cmpint(errno, ==, EINPROGRESS);
    return os_stream_connecting(fd, "there");
}

static void test_connects(Pair *pair, gconstpointer data)
{
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_autoptr(OsStream) stream = call_tcp(listener, TRUE);
    gsize n;
    os_stream_watch(stream, OS_WATCH_WRITE, count, pair);
    loop_until(pair->calls > 0);
    g_assert_cmpint(write_some(stream, "x", 1, &n), ==, OS_IO_DONE);
    close(listener);
}

static void test_refused(Pair *pair, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_autoptr(OsStream) stream = call_tcp(listener, FALSE);
    gsize n;
    os_stream_watch(stream, OS_WATCH_WRITE, count, pair);
    loop_until(pair->calls > 0);
    g_assert_cmpint(os_stream_write(stream, "x", 1, &n, &error), ==, OS_IO_FAILED);
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
    g_assert_cmpstr(error->message, ==, "failed to connect to 'there': Connection refused");
    close(listener);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(Pair *pair, gconstpointer data);
    } tests[] = {
        {"/stream/moves-what-is-there", test_moves},
        {"/stream/never-blocks-and-never-reaches-a-child", test_flags},
        {"/stream/a-peer-that-sends-no-more-still-reads", test_half_close},
        {"/stream/a-reset-is-an-end-and-no-failure", test_reset},
        {"/stream/is-level-triggered", test_level},
        {"/stream/a-full-peer-costs-nothing-until-it-reads", test_back_pressure},
        {"/stream/nobody-watching-costs-no-wake-up-even-hung-up", test_unwatched},
        {"/stream/a-waiting-writer-learns-of-the-end", test_end_wakes_writer},
        {"/stream/ready-may-free-the-stream", test_free_in_ready},
        {"/stream/unwatching-counts-within-the-same-turn", test_same_turn},
        {"/stream/a-new-watch-replaces-the-last", test_changed_in_turn},
        {"/stream/a-call-that-gets-through-is-writable", test_connects},
        {"/stream/a-refused-call-fails-the-first-write-by-name", test_refused},
        {"/stream/calls-from-the-context-of-its-thread", test_thread},
    };
    signal(SIGPIPE, SIG_IGN);
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].name, Pair, NULL, pair_open, tests[i].run, pair_close);
    g_test_add_func("/stream/a-pipe-nobody-reads-is-an-end", test_pipe_reader_gone);
    g_test_add_func("/stream/a-failure-sets-the-error-and-nothing-else", test_failure);
    return g_test_run();
}
