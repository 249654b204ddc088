/* SPDX-License-Identifier: Apache-2.0 */
#include "loop.h"
#include "os-channel-private.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

/*
 * Stand-ins for a virtio port, each like it in what matters: a FIFO's reading end says 0 while
 * nobody has it open for writing, EAGAIN while somebody has, and hangs up in between, again and
 * again; a socket pair goes both ways; a pseudo terminal's master fails once its slave is gone, as
 * an unplugged port does.
 */
typedef struct {
    char *folder;
    char *path;
    OsChannel *channel;
    OsStream *stream;
    guint given;
    guint calls;
    guint lost_calls;
    char *lost;
} Room;

static void connected(OsStream *stream, gpointer data)
{
    Room *room = data;
    g_assert_null(room->stream);
    room->stream = stream;
    room->given++;
}

static void lost(const GError *error, gpointer data)
{
    Room *room = data;
    g_free(room->lost);
    room->lost = g_strdup(error->message);
    room->lost_calls++;
}

static const OsChannelEvents events = {.connected = connected, .lost = lost};

static void room_open(Room *room, gconstpointer data)
{
    room->folder = g_dir_make_tmp("port-XXXXXX", NULL);
    room->path = g_build_filename(room->folder, "port", NULL);
}

static void room_close(Room *room, gconstpointer data)
{
    os_stream_free(room->stream);
    os_channel_free(room->channel);
    g_unlink(room->path);
    g_assert_no_errno(g_rmdir(room->folder));
    g_free(room->path);
    g_free(room->folder);
    g_free(room->lost);
}

static void plug_in(Room *room, int fd)
{
    g_autoptr(GError) error = NULL;
    room->channel = os_channel_port(fd, room->path, FALSE, &events, room, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(room->given, ==, 0);
}

static int make_fifo(Room *room)
{
    g_assert_no_errno(mkfifo(room->path, 0600));
    int fd = open(room->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    g_assert_no_errno(fd);
    return fd;
}

static int attach(Room *room)
{
    int host = open(room->path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    g_assert_no_errno(host);
    return host;
}

/* The host's end. */
static int plug_in_pair(Room *room)
{
    int fds[2];
    g_assert_no_errno(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds));
    plug_in(room, fds[0]);
    loop_until(room->stream);
    return fds[1];
}

static void let_go(Room *room)
{
    os_stream_free(g_steal_pointer(&room->stream));
}

static void say(int fd, const char *text)
{
    g_assert_cmpint(write(fd, text, strlen(text)), ==, (gssize)strlen(text));
}

/* Reads up to three bytes. */
static OsIo read_three(Room *room, char *text)
{
    g_autoptr(GError) error = NULL;
    gsize got = 0;
    OsIo io = os_stream_read(room->stream, text, 3, &got, &error);
    g_assert_no_error(error);
    text[got] = '\0';
    return io;
}

static OsIo read_nothing(Room *room)
{
    char text[4];
    OsIo io = read_three(room, text);
    g_assert_cmpint(io, !=, OS_IO_DONE);
    return io;
}

/* Reads exactly @text; how it is cut does not matter. */
static void assert_reads(Room *room, const char *text)
{
    g_autoptr(GString) all = g_string_new(NULL);
    while (all->len < strlen(text)) {
        char part[4];
        g_assert_cmpint(read_three(room, part), ==, OS_IO_DONE);
        g_string_append(all, part);
    }
    g_assert_cmpstr(all->str, ==, text);
}

static OsIo put(Room *room, const char *buf, gsize len)
{
    g_autoptr(GError) error = NULL;
    gsize done;
    OsIo io = os_stream_write(room->stream, buf, len, &done, &error);
    g_assert_no_error(error);
    return io;
}

static void count(OsStream *stream, gpointer data)
{
    ((Room *)data)->calls++;
}

static void watch(Room *room, OsWatch what)
{
    room->calls = 0;
    os_stream_watch(room->stream, what, count, room);
}

/* Whether the loop has nothing to do and no timer runs: it would sleep for ever. */
static gboolean loop_sleeps_for_good(void)
{
    GMainContext *context = g_main_context_default();
    GPollFD fds[8];
    int priority, timeout;
    while (g_main_context_iteration(context, FALSE))
        continue;
    g_assert_true(g_main_context_acquire(context));
    g_main_context_prepare(context, &priority);
    g_main_context_query(context, priority, &timeout, fds, G_N_ELEMENTS(fds));
    g_main_context_release(context);
    return timeout < 0;
}

static void test_no_host(Room *room, gconstpointer data)
{
    plug_in(room, make_fifo(room));
    g_assert_true(loop_is_quiet());
    g_assert_cmpuint(room->given, ==, 0);
    g_assert_null(room->lost);
}

static void test_hosts_come_and_go(Room *room, gconstpointer data)
{
    static const char *const words[] = {"first", "second", "third"};
    plug_in(room, make_fifo(room));
    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        int host = attach(room);
        say(host, words[i]);
        loop_until(room->given == i + 1);
        assert_reads(room, words[i]);
        g_assert_cmpint(read_nothing(room), ==, OS_IO_AGAIN);
        watch(room, OS_WATCH_READ);
        g_assert_true(loop_is_quiet());
        close(host);
        loop_until(room->calls > 0);
        g_assert_cmpint(read_nothing(room), ==, OS_IO_END);
        let_go(room);
        g_assert_true(loop_is_quiet());
        g_assert_cmpuint(room->given, ==, i + 1);
    }
    g_assert_null(room->lost);
}

static void test_host_before_us(Room *room, gconstpointer data)
{
    int port = make_fifo(room);
    int host = attach(room);
    plug_in(room, port);
    loop_until(room->stream);
    g_assert_cmpint(read_nothing(room), ==, OS_IO_AGAIN);
    g_assert_false(os_stream_half_closes(room->stream));
    close(host);
}

/* Opens the port with bytes in it and nobody there. */
static void plug_in_early(Room *room)
{
    int port = make_fifo(room);
    int host = attach(room);
    say(host, "early");
    close(host);
    plug_in(room, port);
    loop_until(room->stream);
    assert_reads(room, "early");
    g_assert_cmpint(read_nothing(room), ==, OS_IO_AGAIN);
}

static void test_bytes_of_the_past(Room *room, gconstpointer data)
{
    plug_in_early(room);
    watch(room, OS_WATCH_READ);
    g_assert_true(loop_is_quiet());
    g_assert_cmpuint(room->calls, ==, 0);
    loop_until(room->calls > 0);
    g_assert_cmpint(read_nothing(room), ==, OS_IO_END);
    g_assert_cmpint(put(room, "x", 1), ==, OS_IO_END);
    int host = attach(room);
    say(host, "new");
    g_assert_cmpint(read_nothing(room), ==, OS_IO_END);
    let_go(room);
    loop_until(room->given == 2);
    assert_reads(room, "new");
    close(host);
}

/* The driver may show a host's bytes before it shows the host. */
static void test_bytes_of_the_future(Room *room, gconstpointer data)
{
    plug_in_early(room);
    watch(room, OS_WATCH_READ);
    int host = attach(room);
    say(host, "more");
    loop_until(room->calls > 0);
    assert_reads(room, "more");
    g_assert_cmpint(read_nothing(room), ==, OS_IO_AGAIN);
    watch(room, OS_WATCH_READ);
    close(host);
    loop_until(room->calls > 0);
    g_assert_cmpint(read_nothing(room), ==, OS_IO_END);
}

/* What is read after the host left may be of the next one already, if it begins like one. */
static void test_next_host_hurries(Room *room, gconstpointer data)
{
    plug_in(room, make_fifo(room));
    int host = attach(room);
    loop_until(room->stream);
    say(host, "old\377mid\377new");
    close(host);
    g_assert_true(loop_is_quiet());
    assert_reads(room, "old\377mid");
    g_assert_cmpint(read_nothing(room), ==, OS_IO_END);
    let_go(room);
    loop_until(room->given == 2);
    host = attach(room);
    say(host, "er");
    assert_reads(room, "\377newer");
    g_assert_cmpint(read_nothing(room), ==, OS_IO_AGAIN);
    close(host);
}

/* The same, when it is reading that finds the host gone. */
static void test_next_host_is_read(Room *room, gconstpointer data)
{
    char all[16] = "";
    gsize got = 0;
    plug_in(room, make_fifo(room));
    int host = attach(room);
    loop_until(room->stream);
    say(host, "old\377new");
    close(host);
    g_assert_cmpint(os_stream_read(room->stream, all, sizeof all, &got, NULL), ==, OS_IO_DONE);
    g_assert_cmpmem(all, (int)got, "old", 3);
    g_assert_cmpint(read_nothing(room), ==, OS_IO_END);
    let_go(room);
    loop_until(room->given == 2);
    assert_reads(room, "\377new");
}

/* Says @text and leaves at once; the bytes must come long before the second that is given to a host
 * to show itself. */
static void fire_and_forget(Room *room, int host, const char *text)
{
    gint64 start = g_get_monotonic_time();
    say(host, text);
    close(host);
    if (room->stream) {
        loop_until(room->calls > 0);
        if (text[0] == '\377') {
            g_assert_cmpint(read_nothing(room), ==, OS_IO_END);
            let_go(room);
        }
    }
    loop_until(room->stream);
    assert_reads(room, text);
    g_assert_cmpint(g_get_monotonic_time() - start, <, G_USEC_PER_SEC / 2);
}

static void test_fire_and_forget(Room *room, gconstpointer data)
{
    static const char *const words[] = {"{}", "\377{}", "\377\n{}"};
    plug_in(room, make_fifo(room));
    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        g_assert_true(loop_sleeps_for_good());
        fire_and_forget(room, attach(room), words[i]); /* nobody saw it come */
        let_go(room);

        int host = attach(room);
        loop_until(room->stream);
        g_assert_cmpint(read_nothing(room), ==, OS_IO_AGAIN);
        watch(room, OS_WATCH_READ);
        fire_and_forget(room, host, words[i]);
        let_go(room);
    }
    g_assert_true(loop_sleeps_for_good());
}

static void test_timer(Room *room, gconstpointer data)
{
    plug_in_early(room);
    watch(room, OS_WATCH_READ);
    g_assert_false(loop_sleeps_for_good());
    int host = attach(room);
    say(host, "here");
    loop_until(room->calls > 0);
    assert_reads(room, "here");
    g_assert_cmpint(read_nothing(room), ==, OS_IO_AGAIN);
    g_assert_true(loop_sleeps_for_good());
    let_go(room);
    loop_until(room->stream);
    g_assert_true(loop_sleeps_for_good());
    close(host);
}

static void test_timer_over(Room *room, gconstpointer data)
{
    plug_in_early(room);
    watch(room, OS_WATCH_READ);
    loop_until(room->calls > 0);
    watch(room, OS_WATCH_NONE);
    g_assert_true(loop_sleeps_for_good());
    g_assert_cmpint(read_nothing(room), ==, OS_IO_END);
    let_go(room);
    g_assert_true(loop_sleeps_for_good());
    g_assert_cmpuint(room->given, ==, 1);
}

static void test_timer_dropped(Room *room, gconstpointer data)
{
    plug_in_early(room);
    g_assert_false(loop_sleeps_for_good());
    let_go(room);
    g_assert_true(loop_sleeps_for_good());
}

/* The session is busy and reads nothing while its host leaves and the next one comes. */
static void test_next_host_waits(Room *room, gconstpointer data)
{
    plug_in(room, make_fifo(room));
    int host = attach(room);
    say(host, "old");
    loop_until(room->stream);
    close(host);
    g_assert_true(loop_is_quiet());
    host = attach(room);
    say(host, "new");
    g_assert_true(loop_is_quiet());

    g_assert_cmpint(put(room, "late answer", 11), ==, OS_IO_END);
    watch(room, OS_WATCH_READ);
    loop_until(room->calls > 0);
    assert_reads(room, "old");
    g_assert_cmpint(read_nothing(room), ==, OS_IO_END);
    let_go(room);
    loop_until(room->given == 2);
    watch(room, OS_WATCH_READ);
    loop_until(room->calls > 0);
    assert_reads(room, "new");
    close(host);
}

static void test_level(Room *room, gconstpointer data)
{
    int host = plug_in_pair(room);
    char part[4];
    say(host, "abcdef");
    watch(room, OS_WATCH_READ);
    loop_until(room->calls == 2);
    g_assert_cmpint(read_three(room, part), ==, OS_IO_DONE);
    loop_until(room->calls == 4);
    watch(room, OS_WATCH_NONE);
    g_assert_true(loop_is_quiet());
    watch(room, OS_WATCH_READ);
    loop_until(room->calls == 1);
    g_assert_cmpint(read_three(room, part), ==, OS_IO_DONE);
    g_assert_cmpstr(part, ==, "def");
    g_assert_cmpint(read_nothing(room), ==, OS_IO_AGAIN);
    watch(room, OS_WATCH_READ);
    g_assert_true(loop_is_quiet());
    g_assert_cmpuint(room->calls, ==, 0);
    say(host, "g");
    loop_until(room->calls == 1);
    close(host);
}

/* Packets come one for each read(), as the driver's pages do. */
static void test_pieces(Room *room, gconstpointer data)
{
    int fds[2];
    char all[7] = "";
    gsize got = 0;
    g_assert_no_errno(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds));
    plug_in(room, fds[0]);
    loop_until(room->stream);
    say(fds[1], "ab");
    say(fds[1], "cd");
    say(fds[1], "ef");
    watch(room, OS_WATCH_READ);
    loop_until(room->calls > 0);
    g_assert_cmpint(os_stream_read(room->stream, all, 6, &got, NULL), ==, OS_IO_DONE);
    g_assert_cmpstr(all, ==, "abcdef");
    say(fds[1], "g");
    close(fds[1]);
    g_assert_cmpint(os_stream_read(room->stream, all, 6, &got, NULL), ==, OS_IO_DONE);
    g_assert_cmpuint(got, ==, 1);
    g_assert_cmpint(read_nothing(room), ==, OS_IO_END);
}

static void test_back_pressure(Room *room, gconstpointer data)
{
    static char block[65536];
    int host = plug_in_pair(room);
    OsIo io;
    do
        io = put(room, block, sizeof block);
    while (io == OS_IO_DONE);
    g_assert_cmpint(io, ==, OS_IO_AGAIN);
    watch(room, OS_WATCH_WRITE);
    g_assert_true(loop_is_quiet());
    g_assert_cmpuint(room->calls, ==, 0);
    while (read(host, block, sizeof block) > 0)
        continue;
    loop_until(room->calls > 0);
    g_assert_cmpint(put(room, "x", 1), ==, OS_IO_DONE);
    close(host);
}

static void test_unwatched(Room *room, gconstpointer data)
{
    int host = plug_in_pair(room);
    say(host, "bytes nobody asks for");
    g_assert_true(loop_is_quiet());
    close(host);
    g_assert_true(loop_is_quiet());
    assert_reads(room, "bytes nobody asks for");
    g_assert_cmpint(read_nothing(room), ==, OS_IO_END);
}

static void test_waiting_writer(Room *room, gconstpointer data)
{
    static char block[65536];
    int host = plug_in_pair(room);
    while (put(room, block, sizeof block) == OS_IO_DONE)
        continue;
    watch(room, OS_WATCH_WRITE);
    g_assert_true(loop_is_quiet());
    close(host);
    loop_until(room->calls > 0);
    g_assert_cmpint(put(room, "x", 1), ==, OS_IO_END);
}

static void test_host_stays(Room *room, gconstpointer data)
{
    int host = plug_in_pair(room);
    say(host, "rest");
    let_go(room);
    loop_until(room->given == 2);
    assert_reads(room, "rest");
    g_assert_cmpint(put(room, "x", 1), ==, OS_IO_DONE);
    close(host);
}

static void free_it(OsStream *stream, gpointer data)
{
    let_go(data);
}

static void test_freed_in_ready(Room *room, gconstpointer data)
{
    int host = plug_in_pair(room);
    close(host);
    os_stream_watch(room->stream, OS_WATCH_READ, free_it, room);
    loop_until(!room->stream);
    g_assert_true(loop_is_quiet());
    g_assert_cmpuint(room->given, ==, 1);
}

static void drop_channel(const GError *error, gpointer data)
{
    Room *room = data;
    lost(error, data);
    g_clear_pointer(&room->channel, os_channel_free);
}

static int open_terminal(char **slave)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    g_assert_no_errno(master);
    g_assert_no_errno(grantpt(master));
    g_assert_no_errno(unlockpt(master));
    *slave = g_strdup(ptsname(master));
    return master;
}

static void test_unplugged(Room *room, gconstpointer data)
{
    static const OsChannelEvents dropping = {.connected = connected, .lost = drop_channel};
    g_autofree char *slave_path = NULL;
    int port = open_terminal(&slave_path);
    int slave = open(slave_path, O_RDWR | O_NOCTTY | O_CLOEXEC);
    g_assert_no_errno(fcntl(port, F_SETFL, O_RDWR | O_NONBLOCK));
    room->channel = os_channel_port(port, "/dev/vport", FALSE, &dropping, room, NULL);
    loop_until(room->stream);
    watch(room, OS_WATCH_READ);
    close(slave);
    loop_until(room->calls > 0);
    g_assert_cmpint(read_nothing(room), ==, OS_IO_END);
    g_assert_null(room->lost);
    let_go(room);
    loop_until(room->lost);
    g_assert_nonnull(strstr(room->lost, "port '/dev/vport' is gone"));
    g_assert_true(loop_is_quiet());
    g_assert_cmpuint(room->lost_calls, ==, 1);
}

/* What is kept for the next host must not be kept for ever when there will be none. */
static void test_unplugged_amid(Room *room, gconstpointer data)
{
    char all[16];
    gsize got = 0;
    g_autofree char *slave_path = NULL;
    int port = open_terminal(&slave_path);
    int slave = open(slave_path, O_RDWR | O_NOCTTY | O_CLOEXEC);
    g_assert_no_errno(fcntl(port, F_SETFL, O_RDWR | O_NONBLOCK));
    plug_in(room, port);
    loop_until(room->stream);
    say(slave, "\377last");
    close(slave);
    g_assert_cmpint(os_stream_read(room->stream, all, sizeof all, &got, NULL), ==, OS_IO_DONE);
    g_assert_cmpmem(all, (int)got, "\377last", 5);
    g_assert_cmpint(read_nothing(room), ==, OS_IO_END);
    let_go(room);
    loop_until(room->lost);
    g_assert_cmpuint(room->given, ==, 1);
}

static OsChannel *open_method(Room *room, const char *method, const char *path, GError **error)
{
    OsChannelAddress address = {method, path, OS_VSOCK_HOST};
    return os_channel_open(&address, &events, room, error);
}

static void assert_no_port(Room *room, const char *method, const char *path, const char *words)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(open_method(room, method, path, &error));
    g_assert_nonnull(error);
    g_assert_nonnull(strstr(error->message, path));
    g_assert_nonnull(strstr(error->message, words));
}

static void test_no_port(Room *room, gconstpointer data)
{
    assert_no_port(room, "virtio-serial", "/nonexistent", "No such file");
    assert_no_port(room, "isa-serial", "/nonexistent", "No such file");
    assert_no_port(room, "isa-serial", "/dev/null", "Inappropriate ioctl");
    g_assert_true(g_file_set_contents(room->path, "", 0, NULL));
    assert_no_port(room, "virtio-serial", room->path, "not permitted");
}

/* Leaves a line in the terminal; its echo tells that it has arrived. */
static void say_early(int host)
{
    const char *echo = "from before our time\r\n";
    char byte;
    say(host, "from before our time\n");
    for (gsize i = 0; i < strlen(echo); i++) {
        g_assert_cmpint(read(host, &byte, 1), ==, 1);
        g_assert_cmpint(byte, ==, echo[i]);
    }
}

static int open_serial(Room *room, char **slave)
{
    g_autoptr(GError) error = NULL;
    int host = open_terminal(slave);
    say_early(host);
    room->channel = open_method(room, "isa-serial", *slave, &error);
    g_assert_no_error(error);
    loop_until(room->stream);
    g_assert_cmpint(read_nothing(room), ==, OS_IO_AGAIN);
    return host;
}

typedef struct {
    Room *room;
    guint8 *buf;
    gsize size;
    gsize len;
} Inbox;

static void collect(OsStream *stream, gpointer data)
{
    Inbox *inbox = data;
    gsize got = 0;
    OsIo io = os_stream_read(stream, inbox->buf + inbox->len, inbox->size - inbox->len, &got, NULL);
    g_assert_cmpint(io, !=, OS_IO_FAILED);
    inbox->len += got;
    if (inbox->len == inbox->size)
        os_stream_watch(stream, OS_WATCH_NONE, NULL, NULL);
}

static void test_serial_raw(Room *room, gconstpointer data)
{
    static const guint8 odd[] = {0, 3, '\r', '\n', 4, 17, 19, 28, 127, 255};
    g_autofree char *slave = NULL;
    int host = open_serial(room, &slave);
    guint8 back[sizeof odd];
    Inbox inbox = {.room = room, .buf = back, .size = sizeof back};

    os_stream_watch(room->stream, OS_WATCH_READ, collect, &inbox);
    g_assert_true(loop_is_quiet());
    g_assert_cmpint(write(host, odd, sizeof odd), ==, sizeof odd);
    loop_until(inbox.len == sizeof odd);
    g_assert_cmpmem(back, (int)sizeof back, odd, (int)sizeof odd);
    g_assert_cmpint(put(room, (const char *)odd, sizeof odd), ==, OS_IO_DONE);
    for (gsize got = 0; got < sizeof back;)
        got += (gsize)read(host, back + got, sizeof back - got);
    g_assert_cmpmem(back, (int)sizeof back, odd, (int)sizeof odd);
    close(host);
}

static void test_serial_settings(Room *room, gconstpointer data)
{
    g_autofree char *slave = NULL;
    int host = open_serial(room, &slave);
    struct termios line;
    g_assert_no_errno(tcgetattr(host, &line));
    g_assert_cmpuint(cfgetospeed(&line), ==, B38400);
    g_assert_cmpuint(line.c_cflag & (CLOCAL | CREAD), ==, CLOCAL | CREAD);
    g_assert_cmpuint(line.c_lflag & (ECHO | ICANON | ISIG), ==, 0);
    close(host);
}

static void test_serial_busy(Room *room, gconstpointer data)
{
    g_autofree char *slave = NULL;
    int host = open_serial(room, &slave);
    assert_no_port(room, "isa-serial", slave, "busy");
    let_go(room);
    g_clear_pointer(&room->channel, os_channel_free);
    room->channel = open_method(room, "isa-serial", slave, NULL);
    g_assert_nonnull(room->channel);
    close(host);
}

static void test_serial_hung_up(Room *room, gconstpointer data)
{
    g_autofree char *slave = NULL;
    int host = open_serial(room, &slave);
    watch(room, OS_WATCH_READ);
    close(host);
    loop_until(room->calls > 0);
    g_assert_cmpint(read_nothing(room), ==, OS_IO_END);
    g_assert_cmpint(put(room, "x", 1), ==, OS_IO_END);
    g_assert_cmpuint(room->lost_calls, ==, 0);
    let_go(room);
    loop_until(room->lost_calls == 1);
    g_assert_nonnull(strstr(room->lost, slave));
    g_assert_true(loop_is_quiet());
    g_assert_cmpuint(room->lost_calls, ==, 1);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(Room *room, gconstpointer data);
    } tests[] = {
        {"/port/without-a-host-sleeps", test_no_host},
        {"/port/hosts-come-and-go", test_hosts_come_and_go},
        {"/port/a-host-that-was-there-first-is-served", test_host_before_us},
        {"/port/bytes-of-a-host-that-left-are-served-and-end", test_bytes_of_the_past},
        {"/port/bytes-may-come-before-their-host", test_bytes_of_the_future},
        {"/port/the-next-host-waits-for-the-last-one's-stream-to-end", test_next_host_waits},
        {"/port/the-next-host's-first-bytes-are-not-taken-for-the-last-one's",
         test_next_host_hurries},
        {"/port/nor-when-reading-finds-the-last-one-gone", test_next_host_is_read},
        {"/port/who-fires-and-forgets-is-served-at-once", test_fire_and_forget},
        {"/port/a-timer-runs-only-while-bytes-have-no-host", test_timer},
        {"/port/the-timer-fires-once", test_timer_over},
        {"/port/the-timer-ends-with-the-stream", test_timer_dropped},
        {"/port/is-level-triggered-for-its-reader", test_level},
        {"/port/one-read-takes-all-the-pieces", test_pieces},
        {"/port/a-host-that-does-not-read-costs-nothing", test_back_pressure},
        {"/port/nobody-watching-costs-nothing", test_unwatched},
        {"/port/a-waiting-writer-learns-that-the-host-left", test_waiting_writer},
        {"/port/a-host-that-stays-is-served-again", test_host_stays},
        {"/port/ready-may-free-the-stream", test_freed_in_ready},
        {"/port/unplugging-is-reported-once-by-name", test_unplugged},
        {"/port/unplugging-amid-bytes-is-the-end-too", test_unplugged_amid},
        {"/port/a-path-that-is-no-port-is-named", test_no_port},
        {"/port/serial/bytes-pass-as-they-are", test_serial_raw},
        {"/port/serial/the-line-is-set-up", test_serial_settings},
        {"/port/serial/a-second-agent-is-kept-out", test_serial_busy},
        {"/port/serial/a-hang-up-is-the-end", test_serial_hung_up},
    };
    signal(SIGPIPE, SIG_IGN);
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].name, Room, NULL, room_open, tests[i].run, room_close);
    return g_test_run();
}
