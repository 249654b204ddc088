/* SPDX-License-Identifier: Apache-2.0 */
#include "loop.h"
#include "os-channel.h"
#include "os-connect.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define ACTIVATED "--activated"

/* A host's side and what the channel gave for it. */
typedef struct {
    char *folder;
    char *path;
    OsChannel *channel;
    GPtrArray *streams;
    char *lost;
} Room;

static void connected(OsStream *stream, gpointer data)
{
    g_ptr_array_add(((Room *)data)->streams, stream);
}

static void lost(const GError *error, gpointer data)
{
    ((Room *)data)->lost = g_strdup(error->message);
}

static const OsChannelEvents events = {.connected = connected, .lost = lost};

static void room_open(Room *room, gconstpointer data)
{
    room->folder = g_dir_make_tmp("channel-XXXXXX", NULL);
    room->path = g_build_filename(room->folder, "agent.sock", NULL);
    room->streams = g_ptr_array_new_with_free_func((GDestroyNotify)os_stream_free);
}

static void room_close(Room *room, gconstpointer data)
{
    g_ptr_array_unref(room->streams);
    os_channel_free(room->channel);
    g_unlink(room->path);
    g_assert_no_errno(g_rmdir(room->folder));
    g_free(room->path);
    g_free(room->folder);
    g_free(room->lost);
}

static OsChannel *try_open(Room *room, const char *path, GError **error)
{
    OsChannelAddress address = {"unix-listen", path, G_MAXUINT32};
    return os_channel_open(&address, &events, room, error);
}

static void room_listen(Room *room)
{
    g_autoptr(GError) error = NULL;
    room->channel = try_open(room, room->path, &error);
    g_assert_no_error(error);
}

static void assert_refused(Room *room, const char *path, const char *words)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(try_open(room, path, &error));
    g_assert_nonnull(error);
    g_assert_nonnull(strstr(error->message, words));
    g_assert_nonnull(strstr(error->message, path));
}

static OsStream *call(const char *address)
{
    g_autoptr(GError) error = NULL;
    OsStream *stream = os_connect(address, &error);
    g_assert_no_error(error);
    return stream;
}

static OsStream *given(Room *room, guint index)
{
    loop_until(room->streams->len > index);
    return room->streams->pdata[index];
}

static void say(OsStream *stream, const char *text)
{
    g_autoptr(GError) error = NULL;
    gsize put;
    g_assert_cmpint(os_stream_write(stream, text, strlen(text), &put, &error), ==, OS_IO_DONE);
    g_assert_cmpuint(put, ==, strlen(text));
}

static void assert_says(OsStream *stream, const char *text)
{
    g_autoptr(GError) error = NULL;
    char buf[64];
    gsize got;
    g_assert_cmpint(os_stream_read(stream, buf, sizeof buf, &got, &error), ==, OS_IO_DONE);
    g_assert_cmpmem(buf, (int)got, text, (int)strlen(text));
}

static OsIo read_byte(OsStream *stream)
{
    g_autoptr(GError) error = NULL;
    char byte;
    gsize got;
    return os_stream_read(stream, &byte, 1, &got, &error);
}

static void test_serves_many(Room *room, gconstpointer data)
{
    room_listen(room);
    g_autoptr(OsStream) one = call(room->path);
    g_autoptr(OsStream) two = call(room->path);
    OsStream *first = given(room, 0);
    OsStream *second = given(room, 1);

    say(two, "two");
    say(one, "one");
    assert_says(second, "two");
    assert_says(first, "one");
    say(first, "back");
    assert_says(one, "back");
    g_assert_true(os_stream_half_closes(first));
    g_assert_true(loop_is_quiet());
}

static void test_reset(Room *room, gconstpointer data)
{
    room_listen(room);
    OsStream *client = call(room->path);
    OsStream *stream = given(room, 0);
    say(stream, "never read");
    os_stream_free(client);
    g_assert_cmpint(read_byte(stream), ==, OS_IO_END);
    g_assert_null(room->lost);

    g_autoptr(OsStream) next = call(room->path);
    say(next, "next");
    assert_says(given(room, 1), "next");
}

static void test_mode(Room *room, gconstpointer data)
{
    static const mode_t masks[] = {0, 022, 077, 0777};
    for (gsize i = 0; i < G_N_ELEMENTS(masks); i++) {
        struct stat about;
        mode_t before = umask(masks[i]);
        room_listen(room);
        umask(before);
        g_assert_no_errno(stat(room->path, &about));
        g_assert_cmpint(about.st_mode, ==, S_IFSOCK | 0660);
        g_clear_pointer(&room->channel, os_channel_free);
        g_assert_cmpint(access(room->path, F_OK), ==, -1);
    }
}

static void test_in_use(Room *room, gconstpointer data)
{
    room_listen(room);
    assert_refused(room, room->path, "in use");
    g_autoptr(OsStream) client = call(room->path);
    say(client, "still here");
    assert_says(given(room, 1), "still here");
}

static int bind_raw(const char *path, int type)
{
    struct sockaddr_un own = {.sun_family = AF_UNIX};
    g_strlcpy(own.sun_path, path, sizeof own.sun_path);
    int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
    g_assert_no_errno(bind(fd, (struct sockaddr *)&own, sizeof own));
    return fd;
}

static void test_stale(Room *room, gconstpointer data)
{
    close(bind_raw(room->path, SOCK_STREAM));
    room_listen(room);
    g_autoptr(OsStream) client = call(room->path);
    say(client, "alive");
    assert_says(given(room, 0), "alive");
}

static void test_other_kind_in_use(Room *room, gconstpointer data)
{
    int fd = bind_raw(room->path, SOCK_DGRAM);
    assert_refused(room, room->path, "in use");
    close(fd);
    room_listen(room);
}

static void test_foreign_file(Room *room, gconstpointer data)
{
    g_autofree char *content = NULL;
    g_assert_true(g_file_set_contents(room->path, "precious", -1, NULL));
    assert_refused(room, room->path, "is not a socket");
    g_assert_true(g_file_get_contents(room->path, &content, NULL, NULL));
    g_assert_cmpstr(content, ==, "precious");
}

static void test_link_to_socket(Room *room, gconstpointer data)
{
    g_autofree char *link = g_build_filename(room->folder, "link", NULL);
    close(bind_raw(room->path, SOCK_STREAM));
    g_assert_no_errno(symlink(room->path, link));
    assert_refused(room, link, "is not a socket");
    g_assert_cmpint(access(room->path, F_OK), ==, 0);
    g_unlink(link);
}

static void test_taken_over(Room *room, gconstpointer data)
{
    room_listen(room);
    g_unlink(room->path);
    g_assert_true(g_file_set_contents(room->path, "another's", -1, NULL));
    g_clear_pointer(&room->channel, os_channel_free);
    g_assert_cmpint(access(room->path, F_OK), ==, 0);
}

static void test_moved_away(Room *room, gconstpointer data)
{
    g_autofree char *before = g_get_current_dir();
    g_assert_no_errno(chdir(room->folder));
    room->channel = try_open(room, "agent.sock", NULL);
    g_assert_nonnull(room->channel);
    g_assert_no_errno(chdir(before));
    g_clear_pointer(&room->channel, os_channel_free);
    g_assert_cmpint(access(room->path, F_OK), ==, -1);
}

static void test_path_limit(Room *room, gconstpointer data)
{
    struct sockaddr_un own;
    gsize room_left = sizeof own.sun_path - strlen(room->folder) - 1;
    g_autofree char *tail = g_strnfill(room_left, 'x');
    g_autofree char *path = g_build_filename(room->folder, tail, NULL);
    g_autofree char *words = g_strdup_printf("UNIX socket path '%s' is too long", path);
    g_autoptr(GError) error = NULL;

    assert_refused(room, path, words);
    g_assert_null(os_connect(path, &error));
    g_assert_cmpstr(error->message, ==, words);
    path[strlen(path) - 1] = '\0';
    room->channel = try_open(room, path, NULL);
    g_assert_nonnull(room->channel);
    g_autoptr(OsStream) client = call(path);
    say(client, "long");
    assert_says(given(room, 0), "long");
}

static void test_no_such_folder(Room *room, gconstpointer data)
{
    assert_refused(room, "/nonexistent/agent.sock", "No such file or directory");
}

static void test_streams_outlive(Room *room, gconstpointer data)
{
    room_listen(room);
    g_autoptr(OsStream) client = call(room->path);
    OsStream *stream = given(room, 0);
    g_clear_pointer(&room->channel, os_channel_free);
    say(client, "on");
    assert_says(stream, "on");
}

static void drop_channel(OsStream *stream, gpointer data)
{
    Room *room = data;
    connected(stream, data);
    g_clear_pointer(&room->channel, os_channel_free);
}

static void test_freed_in_connected(Room *room, gconstpointer data)
{
    static const OsChannelEvents dropping = {.connected = drop_channel, .lost = lost};
    OsChannelAddress address = {"unix-listen", room->path, G_MAXUINT32};
    room->channel = os_channel_open(&address, &dropping, room, NULL);
    g_autoptr(OsStream) one = call(room->path);
    g_autoptr(OsStream) two = call(room->path);
    given(room, 0);
    g_assert_true(loop_is_quiet());
    g_assert_cmpuint(room->streams->len, ==, 1);
    say(one, "one");
    assert_says(given(room, 0), "one");
    g_assert_cmpint(read_byte(two), ==, OS_IO_END);
}

static void test_burst(Room *room, gconstpointer data)
{
    enum { MANY = 100 };
    g_autoptr(GPtrArray) clients = g_ptr_array_new_with_free_func((GDestroyNotify)os_stream_free);
    room_listen(room);
    for (int i = 0; i < MANY; i++)
        g_ptr_array_add(clients, call(room->path));
    given(room, MANY - 1);
    g_assert_true(loop_is_quiet());
    g_assert_cmpuint(room->streams->len, ==, MANY);
}

/* Takes every descriptor this process may have. */
static GArray *take_descriptors(void)
{
    enum { FEW = 64 };
    struct rlimit few = {FEW, FEW};
    GArray *taken = g_array_new(FALSE, FALSE, sizeof(int));
    g_assert_no_errno(setrlimit(RLIMIT_NOFILE, &few));
    for (int fd = dup(0); fd >= 0; fd = dup(0))
        g_array_append_val(taken, fd);
    g_assert_cmpint(errno, ==, EMFILE);
    return taken;
}

static void test_descriptors_short(Room *room, gconstpointer data)
{
    if (!g_test_subprocess()) {
        g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
        g_test_trap_assert_passed();
        return;
    }
    room_listen(room);
    g_autoptr(OsStream) client = call(room->path);
    g_autoptr(GArray) taken = take_descriptors();
    g_assert_true(loop_is_quiet());
    g_assert_cmpuint(room->streams->len, ==, 0);
    for (guint i = 0; i < taken->len; i++)
        close(g_array_index(taken, int, i));
    say(client, "patient");
    assert_says(given(room, 0), "patient");
    g_autoptr(OsStream) next = call(room->path);
    say(next, "next");
    assert_says(given(room, 1), "next");
    g_assert_null(room->lost);
}

static void test_connect_fails(Room *room, gconstpointer data)
{
    g_autoptr(GError) absent = NULL;
    g_autoptr(GError) refused = NULL;
    g_assert_null(os_connect(room->path, &absent));
    g_assert_error(absent, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
    g_assert_nonnull(strstr(absent->message, room->path));
    close(bind_raw(room->path, SOCK_STREAM));
    g_assert_null(os_connect(room->path, &refused));
    g_assert_error(refused, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
}

static void test_methods(void)
{
    const char *const *methods = os_channel_methods();
    OsChannelAddress unknown = {"carrier-pigeon", "x", 0};
    g_autoptr(GError) error = NULL;

    g_assert_true(g_strv_contains(methods, "virtio-serial"));
    g_assert_true(g_strv_contains(methods, "unix-listen"));
    g_assert_cmpstr(os_channel_default_path("virtio-serial"), ==,
                    "/dev/virtio-ports/org.qemu.guest_agent.0");
    g_assert_cmpstr(os_channel_default_path("isa-serial"), ==, "/dev/ttyS0");
    g_assert_null(os_channel_default_path("unix-listen"));
    g_assert_null(os_channel_default_path("carrier-pigeon"));
    g_assert_null(os_channel_open(&unknown, &events, NULL, &error));
    g_assert_nonnull(strstr(error->message, "carrier-pigeon"));
}

static void test_vsock_addresses(void)
{
    static const char *const bad[] = {"",       ":",    "1",           "any",   "any:",
                                      "x:1",    "1:",   "1:-1",        ":1024", "4294967296:1",
                                      "any:1x", "-2:1", "1:4294967296"};
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        OsChannelAddress address = {"vsock-listen", bad[i], OS_VSOCK_HOST};
        g_autofree char *remote = g_strconcat("vsock:", bad[i], NULL);
        g_autoptr(GError) listen_error = NULL;
        g_autoptr(GError) connect_error = NULL;
        g_assert_null(os_channel_open(&address, &events, NULL, &listen_error));
        g_assert_error(listen_error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
        g_assert_null(os_connect(remote, &connect_error));
        g_assert_error(connect_error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    }
}

/* Opens a vsock channel for @peer and calls it over the loopback; NULL if this machine has none. */
static OsStream *call_vsock(Room *room, const char *port, guint32 peer)
{
    g_autofree char *here = g_strconcat("any:", port, NULL);
    g_autofree char *there = g_strconcat("vsock:1:", port, NULL);
    OsChannelAddress address = {"vsock-listen", here, peer};
    room->channel = os_channel_open(&address, &events, room, NULL);
    return room->channel ? os_connect(there, NULL) : NULL;
}

static void note_ready(OsStream *stream, gpointer data)
{
    os_stream_watch(stream, OS_WATCH_NONE, NULL, NULL);
    *(gboolean *)data = TRUE;
}

/* Whether the call gets through in a moment. */
static gboolean gets_through(OsStream *client)
{
    gboolean over = FALSE;
    gboolean writable = FALSE;
    guint timer = g_timeout_add(LOOP_QUIET, loop_set, &over);
    os_stream_watch(client, OS_WATCH_WRITE, note_ready, &writable);
    while (!over && !writable)
        g_main_context_iteration(NULL, TRUE);
    if (!over)
        g_source_remove(timer);
    os_stream_watch(client, OS_WATCH_NONE, NULL, NULL);
    gsize put;
    return writable && os_stream_write(client, "x", 1, &put, NULL) == OS_IO_DONE;
}

static void test_vsock(Room *room, gconstpointer data)
{
    g_autoptr(OsStream) client = call_vsock(room, "52701", G_MAXUINT32);
    if (!client || !gets_through(client)) {
        g_test_skip("no vsock loopback on this machine");
        return;
    }
    assert_says(given(room, 0), "x");
}

static void test_vsock_stranger(Room *room, gconstpointer data)
{
    g_autoptr(OsStream) client = call_vsock(room, "52702", OS_VSOCK_HOST);
    if (!client || !gets_through(client)) {
        g_test_skip("no vsock loopback on this machine");
        return;
    }
    g_test_expect_message("virtagent", G_LOG_LEVEL_WARNING, "refused a connection*CID 1*");
    loop_until(read_byte(client) == OS_IO_END);
    g_test_assert_expected_messages();
    g_assert_cmpuint(room->streams->len, ==, 0);
}

static void test_vsock_in_use(Room *room, gconstpointer data)
{
    OsChannelAddress address = {"vsock-listen", "-1:52703", OS_VSOCK_HOST};
    g_autoptr(GError) error = NULL;
    room->channel = os_channel_open(&address, &events, room, NULL);
    if (!room->channel) {
        g_test_skip("no vsock on this machine");
        return;
    }
    g_assert_null(os_channel_open(&address, &events, room, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
    g_assert_nonnull(strstr(error->message, "-1:52703"));
}

/* Runs this program as a service manager would, with @fds, at most two, from
 * descriptor 3 on. */
static pid_t activate(const int *fds, int count, pid_t owner)
{
    pid_t child = fork();
    if (child)
        return child;
    int high[2] = {0};
    for (int i = 0; i < count; i++)
        high[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 100);
    for (int i = 0; i < count; i++)
        dup2(high[i], 3 + i);
    g_autofree char *pid = g_strdup_printf("%d", owner ? owner : getpid());
    g_autofree char *number = g_strdup_printf("%d", count);
    setenv("LISTEN_PID", pid, 1);
    setenv("LISTEN_FDS", number, 1);
    setenv("LISTEN_FDNAMES", "agent", 1);
    execl("/proc/self/exe", "test-channel", ACTIVATED, (char *)NULL);
    _exit(99);
}

static int activated_end(pid_t child)
{
    int status;
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

enum { EXIT_NONE = 10, EXIT_UNSUPPORTED = 11, EXIT_LEAK = 12 };

/* The activated side: one answer on each socket, then the end. */
static int activated_main(void)
{
    g_autoptr(GPtrArray) streams = g_ptr_array_new_with_free_func((GDestroyNotify)os_stream_free);
    Room room = {.streams = streams};
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) channels = os_channel_activated(OS_VSOCK_HOST, &events, &room, &error);

    if (g_getenv("LISTEN_PID") || g_getenv("LISTEN_FDS") || g_getenv("LISTEN_FDNAMES"))
        return EXIT_LEAK;
    if (!channels)
        return strstr(error->message, "descriptor 4") ? EXIT_UNSUPPORTED : 1;
    if (channels->len == 0)
        return EXIT_NONE;
    for (guint i = 0; i < channels->len; i++)
        if (fcntl(3 + (int)i, F_GETFD) != FD_CLOEXEC)
            return EXIT_LEAK;
    for (guint i = 0; i < channels->len; i++)
        say(given(&room, i), "hello");
    return 0;
}

static void test_activated(Room *room, gconstpointer data)
{
    g_autofree char *other = g_build_filename(room->folder, "other.sock", NULL);
    int fds[] = {bind_raw(room->path, SOCK_STREAM), bind_raw(other, SOCK_STREAM)};
    for (int i = 0; i < 2; i++)
        g_assert_no_errno(listen(fds[i], 5));
    pid_t child = activate(fds, 2, 0);
    g_autoptr(OsStream) one = call(room->path);
    g_autoptr(OsStream) two = call(other);
    g_assert_cmpint(activated_end(child), ==, 0);
    assert_says(one, "hello");
    assert_says(two, "hello");
    g_assert_cmpint(access(room->path, F_OK), ==, 0);
    for (int i = 0; i < 2; i++)
        close(fds[i]);
    g_unlink(other);
}

static void test_activated_wrong(Room *room, gconstpointer data)
{
    g_autofree char *other = g_build_filename(room->folder, "other.sock", NULL);
    int listening = bind_raw(room->path, SOCK_STREAM);
    g_assert_no_errno(listen(listening, 5));
    int wrong[] = {open("/dev/null", O_RDONLY | O_CLOEXEC), bind_raw(other, SOCK_STREAM),
                   socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    g_assert_no_errno(listen(wrong[2], 5));
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        int fds[] = {listening, wrong[i]};
        g_assert_cmpint(activated_end(activate(fds, 2, 0)), ==, EXIT_UNSUPPORTED);
        close(wrong[i]);
    }
    close(listening);
    g_unlink(other);
}

static void test_activated_other(Room *room, gconstpointer data)
{
    int fds[] = {bind_raw(room->path, SOCK_STREAM)};
    g_assert_cmpint(activated_end(activate(fds, 1, getpid())), ==, EXIT_NONE);
    g_assert_cmpint(activated_end(activate(fds, 0, 0)), ==, EXIT_NONE);
    close(fds[0]);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(Room *room, gconstpointer data);
    } tests[] = {
        {"/channel/unix/serves-many-at-once", test_serves_many},
        {"/channel/unix/a-client-that-resets-ends-only-itself", test_reset},
        {"/channel/unix/a-burst-of-clients-is-taken-whole", test_burst},
        {"/channel/unix/is-0660-under-any-umask", test_mode},
        {"/channel/unix/a-socket-in-use-stays", test_in_use},
        {"/channel/unix/a-socket-of-another-type-in-use-stays", test_other_kind_in_use},
        {"/channel/unix/a-dead-socket-is-replaced", test_stale},
        {"/channel/unix/another-file-stays", test_foreign_file},
        {"/channel/unix/a-link-is-not-followed", test_link_to_socket},
        {"/channel/unix/only-the-own-socket-is-removed", test_taken_over},
        {"/channel/unix/is-removed-from-another-directory-too", test_moved_away},
        {"/channel/unix/the-longest-path-works-and-one-more-does-not", test_path_limit},
        {"/channel/unix/an-absent-folder-is-named", test_no_such_folder},
        {"/channel/unix/streams-outlive-the-channel", test_streams_outlive},
        {"/channel/unix/may-be-freed-when-connected", test_freed_in_connected},
        {"/channel/unix/no-descriptors-left-means-waiting-not-spinning", test_descriptors_short},
        {"/channel/unix/a-failed-connect-names-the-path", test_connect_fails},
        {"/channel/vsock/a-peer-gets-in", test_vsock},
        {"/channel/vsock/a-stranger-does-not", test_vsock_stranger},
        {"/channel/vsock/an-address-in-use-is-named", test_vsock_in_use},
        {"/channel/activated/every-socket-is-served", test_activated},
        {"/channel/activated/another-kind-is-refused-by-number", test_activated_wrong},
        {"/channel/activated/what-is-not-ours-is-ignored", test_activated_other},
    };
    signal(SIGPIPE, SIG_IGN);
    if (g_strcmp0(argv[1], ACTIVATED) == 0)
        return activated_main();
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].name, Room, NULL, room_open, tests[i].run, room_close);
    g_test_add_func("/channel/methods-have-their-default-paths", test_methods);
    g_test_add_func("/channel/vsock/addresses-are-checked", test_vsock_addresses);
    return g_test_run();
}
