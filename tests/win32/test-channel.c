/* SPDX-License-Identifier: Apache-2.0 */
#include "../posix/loop.h"
#include "os-channel.h"
#include "os-connect.h"
#include "os-handle.h"
#include "os-pipe.h"
#include "os-port-news.h"
#include "os-stream-handle.h"
#include "os-utf16.h"

#include <gio/gio.h>
#include <sddl.h>
#include <string.h>

/* A host's side and what the channel gave for it. */
typedef struct {
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
    Room *room = data;
    g_assert_null(room->lost);
    room->lost = g_strdup(error->message);
}

static const OsChannelEvents events = {.connected = connected, .lost = lost};

static void room_open(Room *room, gconstpointer data)
{
    g_autofree char *unique = g_uuid_string_random();
    room->path = g_strdup_printf("\\\\.\\pipe\\test-%s", unique);
    room->streams = g_ptr_array_new_with_free_func((GDestroyNotify)os_stream_free);
}

static void room_close(Room *room, gconstpointer data)
{
    g_ptr_array_unref(room->streams);
    os_channel_free(room->channel);
    g_free(room->path);
    g_free(room->lost);
}

static OsChannel *try_open(Room *room, const char *method, const char *path, GError **error)
{
    OsChannelAddress address = {method, path, G_MAXUINT32};
    return os_channel_open(&address, &events, room, error);
}

static void room_listen(Room *room)
{
    g_autoptr(GError) error = NULL;
    room->channel = try_open(room, "pipe-listen", room->path, &error);
    g_assert_no_error(error);
}

static void assert_refused(Room *room, const char *method, const char *path, const char *words)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(try_open(room, method, path, &error));
    g_assert_nonnull(error);
    if (!strstr(error->message, words))
        g_error("no '%s' in '%s'", words, error->message);
    if (path)
        g_assert_nonnull(strstr(error->message, path));
}

static OsStream *call(const char *path)
{
    g_autoptr(GError) error = NULL;
    OsStream *stream = os_connect(path, &error);
    g_assert_no_error(error);
    return stream;
}

static void say(OsStream *stream, const char *text)
{
    g_autoptr(GError) error = NULL;
    gsize put;
    g_assert_cmpint(os_stream_write(stream, text, strlen(text), &put, &error), ==, OS_IO_DONE);
    g_assert_cmpuint(put, ==, strlen(text));
}

static OsIo try_hear(OsStream *stream, char *buf, gsize len, gsize *got)
{
    g_autoptr(GError) error = NULL;
    OsIo io = os_stream_read(stream, buf, len, got, &error);
    g_assert_no_error(error);
    return io;
}

/* "" is the end. */
static char *hear(OsStream *stream)
{
    char buf[64];
    gsize got = 0;
    OsIo io;
    loop_until((io = try_hear(stream, buf, sizeof buf, &got)) != OS_IO_AGAIN);
    return g_strndup(buf, io == OS_IO_DONE ? got : 0);
}

static void assert_hears(OsStream *stream, const char *text)
{
    g_autofree char *heard = hear(stream);
    g_assert_cmpstr(heard, ==, text);
}

static OsStream *nth(Room *room, guint index)
{
    loop_until(room->streams->len > index);
    return g_ptr_array_index(room->streams, index);
}

static void test_methods(void)
{
    const char *const *names = os_channel_methods();
    g_assert_true(g_strv_contains(names, "virtio-serial"));
    g_assert_false(g_strv_contains(names, "unix-listen"));
    g_assert_cmpstr(os_channel_default_path("virtio-serial"), ==,
                    "\\\\.\\Global\\org.qemu.guest_agent.0");
    g_assert_cmpstr(os_channel_default_path("isa-serial"), ==, "COM1");
    g_assert_null(os_channel_default_path("vsock-listen"));
    g_assert_null(os_channel_default_path("unix-listen"));
}

static void test_several(Room *room, gconstpointer data)
{
    room_listen(room);
    g_autoptr(OsStream) first = call(room->path);
    nth(room, 0);
    g_autoptr(OsStream) second = call(room->path);
    say(second, "two");
    say(first, "one");
    assert_hears(nth(room, 1), "two");
    assert_hears(nth(room, 0), "one");
    say(nth(room, 0), "back");
    assert_hears(first, "back");
    g_assert_true(loop_is_quiet());
}

static void test_comes_again(Room *room, gconstpointer data)
{
    room_listen(room);
    for (guint i = 0; i < 20; i++) {
        OsStream *caller = call(room->path);
        say(caller, "hello");
        assert_hears(nth(room, i), "hello");
        os_stream_free(caller);
        assert_hears(nth(room, i), "");
    }
    g_ptr_array_set_size(room->streams, 0);
    g_autoptr(OsStream) caller = call(room->path);
    say(nth(room, 0), "still here");
    assert_hears(caller, "still here");
}

static void test_gone_already(Room *room, gconstpointer data)
{
    room_listen(room);
    os_stream_free(call(room->path));
    assert_hears(nth(room, 0), "");
    os_stream_free(call(room->path));
    assert_hears(nth(room, 1), "");
    g_assert_true(loop_is_quiet());
}

static void test_crowd(Room *room, gconstpointer data)
{
    enum { CROWD = 100 };
    g_autoptr(GPtrArray) callers = g_ptr_array_new_with_free_func((GDestroyNotify)os_stream_free);
    room_listen(room);
    for (guint i = 0; i < CROWD; i++) {
        g_ptr_array_add(callers, call(room->path));
        nth(room, i);
    }
    for (guint i = 0; i < CROWD; i++)
        say(nth(room, i), "x");
    for (guint i = 0; i < CROWD; i++)
        assert_hears(g_ptr_array_index(callers, i), "x");
}

static void test_lives_on(Room *room, gconstpointer data)
{
    room_listen(room);
    g_autoptr(OsStream) caller = call(room->path);
    nth(room, 0);
    os_channel_free(g_steal_pointer(&room->channel));
    say(caller, "you there?");
    assert_hears(nth(room, 0), "you there?");
    g_autoptr(GError) error = NULL;
    g_assert_null(os_connect(room->path, &error));
    g_assert_nonnull(strstr(error->message, room->path));
}

/* wine 8 overlooks FILE_FLAG_FIRST_PIPE_INSTANCE. */
static gboolean first_is_heeded(void)
{
    g_auto(OsHandle) one = os_pipe_instance(L"\\\\.\\pipe\\test-first", PIPE_ACCESS_DUPLEX, TRUE,
                                            PIPE_UNLIMITED_INSTANCES, NULL);
    g_auto(OsHandle) two = os_pipe_instance(L"\\\\.\\pipe\\test-first", PIPE_ACCESS_DUPLEX, TRUE,
                                            PIPE_UNLIMITED_INSTANCES, NULL);
    return !two;
}

static void test_first(Room *room, gconstpointer data)
{
    if (!first_is_heeded()) {
        g_test_skip("this system lets two programs share the name of a pipe");
        return;
    }
    room_listen(room);
    assert_refused(room, "pipe-listen", room->path, "is in use");
    os_channel_free(g_steal_pointer(&room->channel));
    room_listen(room);
}

static void test_names(Room *room, gconstpointer data)
{
    g_autofree char *longest = g_strnfill(300, 'x');
    assert_refused(room, "pipe-listen", "a\\b", "is no name of a pipe");
    assert_refused(room, "pipe-listen", "c:/pipe", "is no name of a pipe");
    assert_refused(room, "pipe-listen", longest, "is no name of a pipe");
    assert_refused(room, "pipe-listen", "\\\\.\\pipe\\", "is no name of a pipe");
    assert_refused(room, "pipe-listen", "\xff\xfe", "UTF-8");
    g_autoptr(GError) error = NULL;
    room->channel = try_open(room, "pipe-listen", strrchr(room->path, '\\') + 1, &error);
    g_assert_no_error(error);
    g_autoptr(OsStream) caller = call(room->path);
    nth(room, 0);
}

/* What Windows keeps; wine gives what was set, too. */
static void test_access(Room *room, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_auto(OsPipeAccess) access = os_pipe_access(&error);
    wchar_t *text = NULL;
    g_assert_no_error(error);
    g_assert_true(ConvertSecurityDescriptorToStringSecurityDescriptorW(
        access, SDDL_REVISION_1, DACL_SECURITY_INFORMATION, &text, NULL));
    g_autofree char *sddl = os_utf8(text);
    LocalFree(text);
    g_assert_true(g_str_has_prefix(sddl, "D:P(A;;GA;;;SY)(A;;GA;;;BA)"));
    g_assert_null(strstr(sddl, ";WD)")); /* everyone */
    g_assert_null(strstr(sddl, ";AN)")); /* anonymous */
}

static void test_refusals(Room *room, gconstpointer data)
{
    assert_refused(room, "unix-listen", NULL, "unsupported channel method 'unix-listen'");
    assert_refused(room, "vsock-listen", NULL, "needs a path");
    assert_refused(room, "vsock-listen", "here", "expected CID:PORT");
    assert_refused(room, "vsock-listen", "-1:x", "expected CID:PORT");
    assert_refused(room, "virtio-serial", "\\\\.\\Global\\no.such.port", "failed to open port");
    assert_refused(room, "isa-serial", "COM250", "failed to open port");
    assert_refused(room, "isa-serial", "\\\\.\\NUL", "failed to set up port");
    assert_refused(room, "virtio-serial", NULL, "org.qemu.guest_agent.0");
}

static void test_vsock(Room *room, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    room->channel = try_open(room, "vsock-listen", "-1:60000", &error);
    if (room->channel) {
        g_test_skip("there is a viosock driver");
        return;
    }
    g_assert_nonnull(strstr(error->message, "vsock '-1:60000' needs the viosock driver"));
}

/* A port is one end of a pipe here, and the test tells its news. */
typedef struct {
    OsPortCalls calls;
    Room room;
    OsStream *host; /* the other end */
    OsPortTold told;
    gpointer data;
    gboolean has_host;
    gboolean unheard; /* of no news at all */
} Port;

static gpointer fake_listen(const OsPortCalls *calls, HANDLE handle, OsPortTold told, gpointer data)
{
    Port *port = (Port *)calls;
    if (port->unheard)
        return NULL;
    port->told = told;
    port->data = data;
    return port;
}

static void fake_unlisten(gpointer listener)
{
    ((Port *)listener)->told = NULL;
}

static gboolean fake_has_host(const OsPortCalls *calls, HANDLE handle)
{
    return ((const Port *)calls)->has_host;
}

static void port_open(Port *port, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    port->calls = (OsPortCalls){fake_listen, fake_unlisten, fake_has_host};
    port->unheard = data != NULL;
    room_open(&port->room, NULL);
    g_autofree wchar_t *name = os_utf16(port->room.path, &error);
    g_auto(OsPipeAccess) access = os_pipe_access(&error);
    g_assert_no_error(error);
    port->host = os_stream_of_handle(os_pipe_instance(name, PIPE_ACCESS_DUPLEX, TRUE, 1, access),
                                     OS_STREAM_PIPE);
    HANDLE handle = CreateFileW(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                                FILE_FLAG_OVERLAPPED, NULL);
    port->room.channel =
        os_channel_port(handle, "port", &port->calls, &events, &port->room, &error);
    g_assert_no_error(error);
}

static void port_close(Port *port, gconstpointer data)
{
    room_close(&port->room, NULL);
    g_assert_true(port->unheard || !port->told);
    os_stream_free(port->host);
}

static void attach_host(Port *port)
{
    port->has_host = TRUE;
    port->told(OS_PORT_CAME, port->data);
}

static void detach_host(Port *port)
{
    port->has_host = FALSE;
    port->told(OS_PORT_LEFT, port->data);
}

static void test_port_host(Port *port, gconstpointer data)
{
    g_assert_true(loop_is_quiet());
    g_assert_cmpuint(port->room.streams->len, ==, 0);
    attach_host(port);
    say(port->host, "hello");
    assert_hears(nth(&port->room, 0), "hello");
    say(nth(&port->room, 0), "back");
    assert_hears(port->host, "back");
    port->told(OS_PORT_CAME, port->data); /* again, of the same host */
    g_assert_true(loop_is_quiet());
    g_assert_cmpuint(port->room.streams->len, ==, 1);
}

static void test_port_next(Port *port, gconstpointer data)
{
    for (guint i = 0; i < 3; i++) {
        attach_host(port);
        say(port->host, "hello");
        assert_hears(nth(&port->room, 0), "hello");
        detach_host(port);
        assert_hears(nth(&port->room, 0), "");
        g_ptr_array_set_size(port->room.streams, 0);
        g_assert_true(loop_is_quiet());
        g_assert_cmpuint(port->room.streams->len, ==, 0);
    }
    g_assert_null(port->room.lost);
}

/* Both pieces of news are there before the loop looks. */
static void test_port_quick(Port *port, gconstpointer data)
{
    attach_host(port);
    nth(&port->room, 0);
    detach_host(port);
    attach_host(port);
    assert_hears(nth(&port->room, 0), "");
    g_ptr_array_set_size(port->room.streams, 0);
    say(port->host, "next");
    assert_hears(nth(&port->room, 0), "next");
}

static gpointer remove_port(gpointer data)
{
    Port *port = data;
    return GINT_TO_POINTER(port->told(OS_PORT_GOING, port->data));
}

/* The other end sees the end of the pipe once no handle of the port is left. */
static void test_port_removal(Port *port, gconstpointer data)
{
    attach_host(port);
    nth(&port->room, 0);
    GThread *thread = g_thread_new("removal", remove_port, port);
    loop_until(port->room.lost);
    g_assert_true(GPOINTER_TO_INT(g_thread_join(thread)));
    g_assert_cmpstr(port->room.lost, ==, "port 'port' was removed");
    assert_hears(port->host, "");
    assert_hears(nth(&port->room, 0), "");
}

static void test_port_surprise(Port *port, gconstpointer data)
{
    attach_host(port);
    nth(&port->room, 0);
    g_assert_true(port->told(OS_PORT_GONE, port->data));
    g_assert_true(port->told(OS_PORT_GONE, port->data));
    loop_until(port->room.lost);
    g_assert_true(loop_is_quiet());
}

static void test_port_once(Port *port, gconstpointer data)
{
    say(port->host, "hello");
    assert_hears(nth(&port->room, 0), "hello");
    g_assert_null(port->room.lost);
    g_ptr_array_set_size(port->room.streams, 0);
    loop_until(port->room.lost);
    g_assert_cmpstr(port->room.lost, ==, "port 'port' was hung up");
    g_assert_true(loop_is_quiet());
}

static void test_port_stuck(Port *port, gconstpointer data)
{
    static const char block[65536];
    gsize put, all = 0;
    OsStream *stream = nth(&port->room, 0);
    while (os_stream_write(stream, block, sizeof block, &put, NULL) == OS_IO_DONE)
        all += put;
    g_assert_cmpuint(all, >, 0);
    g_ptr_array_set_size(port->room.streams, 0);
    loop_until(port->room.lost);
    os_channel_free(g_steal_pointer(&port->room.channel));
    g_autofree char *first = NULL;
    do { /* what was cancelled does not come; nothing hangs */
        g_free(first);
        first = hear(port->host);
    } while (*first);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(Room *room, gconstpointer data);
    } tests[] = {
        {"/pipe/gives-a-stream-for-each-client", test_several},
        {"/pipe/clients-come-and-go", test_comes_again},
        {"/pipe/one-that-has-gone-again-is-an-end", test_gone_already},
        {"/pipe/a-hundred-are-served", test_crowd},
        {"/pipe/streams-outlive-their-channel", test_lives_on},
        {"/pipe/a-name-in-use-is-refused-until-it-is-free", test_first},
        {"/pipe/takes-a-bare-name-and-no-path", test_names},
        {"/pipe/lets-in-the-system-and-administrators", test_access},
        {"/channel/refusals-name-the-path", test_refusals},
        {"/channel/vsock-needs-its-driver", test_vsock},
    };
    static const struct {
        const char *name;
        void (*run)(Port *port, gconstpointer data);
        const char *unheard;
    } ports[] = {
        {"/port/waits-for-a-host", test_port_host, NULL},
        {"/port/each-host-has-a-stream", test_port_next, NULL},
        {"/port/a-quick-change-of-hosts-is-one", test_port_quick, NULL},
        {"/port/a-removal-waits-until-it-is-closed", test_port_removal, NULL},
        {"/port/an-unplugged-one-is-lost-once", test_port_surprise, NULL},
        {"/port/without-news-gives-one-stream", test_port_once, "unheard"},
        {"/port/a-stuck-one-is-let-go-of", test_port_stuck, "unheard"},
    };
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/channel/methods-and-their-paths", test_methods);
    for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].name, Room, NULL, room_open, tests[i].run, room_close);
    for (gsize i = 0; i < G_N_ELEMENTS(ports); i++)
        g_test_add(ports[i].name, Port, ports[i].unheard, port_open, ports[i].run, port_close);
    return g_test_run();
}
