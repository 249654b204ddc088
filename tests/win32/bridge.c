/* SPDX-License-Identifier: Apache-2.0 */
#include "os-connect.h"
#include "os-stream-handle.h"

#include <gio/gio.h>
#include <stdio.h>
#include <string.h>
#include <winsock2.h>

/*
 * bridge PIPE PORT: for each client of TCP port PORT of this machine, a connection to the pipe PIPE
 * and bytes both ways, so that a test outside of wine can talk to a pipe.  Says "ready" once it
 * listens.  A client whose pipe cannot be had is hung up on.
 */

enum { CHUNK = 64 << 10 };

typedef struct Way Way;

/* One of the two directions of a connection. */
struct Way {
    OsStream *from, *to;
    Way *back;
    char chunk[CHUNK];
    gsize start, end; /* what is left to be written of @chunk */
};

static void watch(Way *way);

static void hang_up(Way *way)
{
    os_stream_free(way->from);
    os_stream_free(way->to);
    g_free(way->back);
    g_free(way);
}

/* FALSE if the connection is over. */
static gboolean move(Way *way)
{
    OsIo io;
    gsize n;
    if (way->start == way->end) {
        io = os_stream_read(way->from, way->chunk, CHUNK, &n, NULL);
        if (io != OS_IO_DONE)
            return io == OS_IO_AGAIN;
        way->start = 0;
        way->end = n;
    }
    io = os_stream_write(way->to, way->chunk + way->start, way->end - way->start, &n, NULL);
    if (io == OS_IO_DONE)
        way->start += n;
    return io == OS_IO_DONE || io == OS_IO_AGAIN;
}

static void ready(OsStream *stream, gpointer data)
{
    Way *way = data;
    if (move(way) && move(way->back))
        watch(way);
    else
        hang_up(way);
}

/* A stream is read from for one way and written to for the other. */
static OsWatch wanted(const Way *reading, const Way *writing)
{
    OsWatch what = OS_WATCH_NONE;
    if (reading->start == reading->end)
        what |= OS_WATCH_READ;
    if (writing->start < writing->end)
        what |= OS_WATCH_WRITE;
    return what;
}

static void watch(Way *way)
{
    os_stream_watch(way->from, wanted(way, way->back), ready, way);
    os_stream_watch(way->to, wanted(way->back, way), ready, way);
}

static void join(OsStream *one, OsStream *other)
{
    Way *way = g_new0(Way, 1);
    way->from = one;
    way->to = other;
    way->back = g_new0(Way, 1);
    way->back->from = other;
    way->back->to = one;
    way->back->back = way;
    watch(way);
}

static SOCKET listen_on(guint16 port, HANDLE event)
{
    WSADATA about;
    struct sockaddr_in own = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    WSAStartup(0x0202, &about);
    SOCKET listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&own, sizeof own) || listen(listener, SOMAXCONN) ||
        WSAEventSelect(listener, event, FD_ACCEPT))
        g_error("cannot listen on port %u: %d", port, WSAGetLastError());
    return listener;
}

static void accept_one(SOCKET listener, const char *path)
{
    g_autoptr(GError) error = NULL;
    u_long blocking = 0;
    SOCKET client = accept(listener, NULL, NULL);
    if (client == INVALID_SOCKET)
        return;
    WSAEventSelect(client, NULL, 0);
    ioctlsocket(client, FIONBIO, &blocking);
    OsStream *pipe = os_connect(path, &error);
    if (pipe) {
        join(os_stream_of_handle((HANDLE)client, OS_STREAM_SOCKET), pipe);
        return;
    }
    fprintf(stderr, "%s\n", error->message);
    closesocket(client);
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    GPollFD event = {.fd = (gintptr)CreateEventW(NULL, FALSE, FALSE, NULL), .events = G_IO_IN};
    SOCKET listener = listen_on((guint16)g_ascii_strtoull(argv[2], NULL, 10), (HANDLE)event.fd);
    g_main_context_add_poll(NULL, &event, G_PRIORITY_DEFAULT);
    puts("ready");
    fflush(stdout);
    for (;;) {
        g_main_context_iteration(NULL, TRUE);
        if (event.revents)
            accept_one(listener, argv[1]);
        event.revents = 0;
    }
}
