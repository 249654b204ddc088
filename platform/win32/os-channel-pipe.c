/* SPDX-License-Identifier: Apache-2.0 */
#include "os-channel-private.h"
#include "os-error.h"
#include "os-handle.h"
#include "os-pipe.h"
#include "os-stream-handle.h"
#include "os-utf16.h"

#include <string.h>

#define PREFIX "\\\\.\\pipe\\"
enum { NAME_MAX_LENGTH = 256 }; /* with the prefix, MSDN "Pipe Names" */
#define PAUSE G_USEC_PER_SEC    /* before the next try when there is no memory for a pipe */

/*
 * A named pipe has an instance for each client and one that waits for the next.  That one is made
 * before a client is served, so that the name stays ours, with an event of its own, so that it can
 * be waited for when the channel is freed: pipes are cancelled at once.
 */
typedef struct {
    OsChannel base;
    wchar_t *name;
    char *path;
    OsPipeAccess access;
    HANDLE waiting; /* for a client, or has one and waits for the next instance */
    OVERLAPPED over;
    gboolean pending; /* ConnectNamedPipe() is under way */
    GPollFD poll;     /* the event of @over */
    GSource *source;
} PipeChannel;

typedef struct {
    GSource base;
    PipeChannel *channel;
} PipeSource;

static HANDLE make_instance(PipeChannel *channel, gboolean first)
{
    return os_pipe_instance(channel->name, PIPE_ACCESS_DUPLEX, first, PIPE_UNLIMITED_INSTANCES,
                            channel->access);
}

/* A client that came in between, and may have gone again, is one like the others. */
static gboolean await_client(PipeChannel *channel)
{
    HANDLE event = (HANDLE)channel->poll.fd;
    channel->over = (OVERLAPPED){.hEvent = event};
    channel->pending = FALSE;
    if (ConnectNamedPipe(channel->waiting, &channel->over))
        return SetEvent(event);
    switch (GetLastError()) {
    case ERROR_IO_PENDING:
        channel->pending = TRUE;
        return TRUE;
    case ERROR_PIPE_CONNECTED:
    case ERROR_NO_DATA:
        return SetEvent(event);
    default:
        return FALSE;
    }
}

static void lose(PipeChannel *channel)
{
    g_autoptr(GError) error = NULL;
    os_error(&error, "failed to listen on pipe '%s'", channel->path);
    g_source_destroy(channel->source);
    channel->base.events.lost(error, channel->base.data);
}

static void pause_listening(PipeChannel *channel)
{
    ResetEvent((HANDLE)channel->poll.fd);
    g_source_set_ready_time(channel->source, g_get_monotonic_time() + PAUSE);
}

static void admit(PipeChannel *channel)
{
    HANDLE next = make_instance(channel, FALSE);
    channel->pending = FALSE;
    g_source_set_ready_time(channel->source, -1);
    if (!next) {
        pause_listening(channel);
        return;
    }
    HANDLE client = channel->waiting;
    channel->waiting = next;
    ResetEvent((HANDLE)channel->poll.fd);
    gboolean listening = await_client(channel);
    DWORD code = GetLastError();
    channel->base.events.connected(os_stream_of_handle(client, OS_STREAM_PIPE), channel->base.data);
    if (listening)
        return;
    SetLastError(code);
    lose(channel);
}

static gboolean is_signaled(GSource *source)
{
    HANDLE event = (HANDLE)((PipeSource *)source)->channel->poll.fd;
    return WaitForSingleObject(event, 0) == WAIT_OBJECT_0;
}

static gboolean pipe_prepare(GSource *source, int *timeout)
{
    *timeout = -1;
    return is_signaled(source);
}

static gboolean pipe_dispatch(GSource *source, GSourceFunc callback, gpointer data)
{
    admit(((PipeSource *)source)->channel);
    return G_SOURCE_CONTINUE;
}

static GSourceFuncs pipe_source_funcs = {
    .prepare = pipe_prepare, .check = is_signaled, .dispatch = pipe_dispatch};

static void pipe_free(OsChannel *base)
{
    PipeChannel *channel = (PipeChannel *)base;
    DWORD size;

    if (channel->pending) {
        CancelIoEx(channel->waiting, &channel->over);
        GetOverlappedResult(channel->waiting, &channel->over, &size, TRUE);
    }
    if (channel->source) {
        g_source_destroy(channel->source);
        g_source_unref(channel->source);
    }
    os_handle_close(channel->waiting);
    os_handle_close((HANDLE)channel->poll.fd);
    os_pipe_access_free(channel->access);
    g_free(channel->name);
    g_free(channel->path);
    g_free(channel);
}

/* "\\.\pipe\NAME" of that or of a bare NAME; NULL and *error. */
static wchar_t *full_name(const char *path, GError **error)
{
    gsize prefix = strlen(PREFIX);
    gboolean is_full = g_ascii_strncasecmp(path, PREFIX, prefix) == 0;
    const char *name = is_full ? path + prefix : path;
    g_autofree char *full = g_strconcat(PREFIX, name, NULL);

    if (!*name || strchr(name, '\\') || strchr(name, '/') ||
        g_utf8_strlen(full, -1) > NAME_MAX_LENGTH) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME,
                    "'%s' is no name of a pipe, expected NAME or " PREFIX "NAME", path);
        return NULL;
    }
    return os_utf16(full, error);
}

/* FILE_FLAG_FIRST_PIPE_INSTANCE is refused with "access denied" if the name is taken, whoever has
 * it: a second agent, or a program that wants to be taken for the agent. */
static gboolean start(PipeChannel *channel, GError **error)
{
    channel->waiting = make_instance(channel, TRUE);
    if (!channel->waiting && GetLastError() == ERROR_ACCESS_DENIED) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE, "pipe '%s' is in use",
                    channel->path);
        return FALSE;
    }
    channel->poll.fd = (gintptr)CreateEventW(NULL, TRUE, FALSE, NULL);
    channel->poll.events = G_IO_IN;
    if (!channel->waiting || !channel->poll.fd || !await_client(channel))
        return os_error(error, "failed to listen on pipe '%s'", channel->path);
    channel->source = g_source_new(&pipe_source_funcs, sizeof(PipeSource));
    ((PipeSource *)channel->source)->channel = channel;
    g_source_set_name(channel->source, channel->path);
    g_source_add_poll(channel->source, &channel->poll);
    g_source_attach(channel->source, g_main_context_get_thread_default());
    return TRUE;
}

OsChannel *os_channel_pipe(const OsChannelAddress *address, const OsChannelEvents *events,
                           gpointer data, GError **error)
{
    g_auto(OsPipeAccess) access = os_pipe_access(error);
    g_autofree wchar_t *name = access ? full_name(address->path, error) : NULL;
    if (!name)
        return NULL;

    PipeChannel *channel = g_new0(PipeChannel, 1);
    channel->base = (OsChannel){.events = *events, .data = data, .free = pipe_free};
    channel->name = g_steal_pointer(&name);
    channel->path = g_strdup(address->path);
    channel->access = g_steal_pointer(&access);
    if (start(channel, error))
        return &channel->base;
    pipe_free(&channel->base);
    return NULL;
}
