/* SPDX-License-Identifier: Apache-2.0 */
#include "remote-file.h"

/* Numbers of guest-file-seek's `whence` that every agent knows. */
enum { WHENCE_START = 0, WHENCE_END = 2 };

gboolean remote_file_open(RemoteFile *file, Connection *connection, const char *path,
                          const char *mode, GError **error)
{
    Request *request = request_new("guest-file-open");
    gint64 handle = 0;
    Reply reply;

    request_add_string(request, "path", path);
    request_add_string(request, "mode", mode);
    request_end(request);
    if (!connection_call(connection, request, CONNECTION_REPLY_MAX, &reply, error) ||
        !reply_integer(&reply, &handle, error))
        return FALSE;
    *file = (RemoteFile){.connection = connection, .handle = handle, .is_open = TRUE};
    return TRUE;
}

static Request *request_on(const RemoteFile *file, const char *command)
{
    Request *request = request_new(command);
    request_add_integer(request, "handle", file->handle);
    return request;
}

static gboolean call(RemoteFile *file, Request *request, Reply *reply, GError **error)
{
    request_end(request);
    return connection_call(file->connection, request, CONNECTION_REPLY_MAX, reply, error);
}

static gint64 seek(RemoteFile *file, int whence)
{
    gint64 position = -1;
    Reply reply;
    Request *request = request_on(file, "guest-file-seek");
    request_add_integer(request, "offset", 0);
    request_add_integer(request, "whence", whence);
    if (!call(file, request, &reply, NULL) ||
        !reply_get_integer(&reply, "position", &position, NULL) || position < 0)
        return -1;
    return position;
}

gint64 remote_file_size(RemoteFile *file)
{
    gint64 size = seek(file, WHENCE_END);
    return size >= 0 && seek(file, WHENCE_START) == 0 ? size : -1;
}

void remote_file_ask(RemoteFile *file, gsize size)
{
    Request *request = request_on(file, "guest-file-read");
    request_add_integer(request, "count", (gint64)size);
    request_end(request);
    connection_send(file->connection, request);
}

static gboolean check_bytes(const Reply *reply, GBytes *bytes, gsize size, GError **error)
{
    gint64 count = 0;
    if (!bytes)
        return reply_contradicts(reply, error, "no data");
    if (!reply_get_integer(reply, "count", &count, error))
        return FALSE;
    if (count < 0 || (guint64)count != g_bytes_get_size(bytes))
        return reply_contradicts(reply, error, "count is not the number of bytes that came");
    return g_bytes_get_size(bytes) <= size ||
           reply_contradicts(reply, error, "more bytes than were asked for");
}

gboolean remote_file_answer(RemoteFile *file, gsize size, GBytes **bytes, gboolean *end,
                            GError **error)
{
    g_autoptr(GBytes) read = NULL;
    gboolean eof = FALSE;
    Reply reply;

    if (!connection_receive(file->connection, CONNECTION_PAYLOAD_MAX, &reply, error) ||
        !reply_check(&reply, error) || !reply_get_bytes(&reply, "buf-b64", &read, error) ||
        !reply_get_boolean(&reply, "eof", &eof, error) || !check_bytes(&reply, read, size, error))
        return FALSE;
    *bytes = g_steal_pointer(&read);
    *end = eof;
    return TRUE;
}

void remote_file_write(RemoteFile *file, const void *data, gsize size)
{
    Request *request = request_on(file, "guest-file-write");
    request_add_bytes(request, "buf-b64", data, size);
    request_end(request);
    connection_send(file->connection, request);
}

gboolean remote_file_written(RemoteFile *file, gsize size, GError **error)
{
    gint64 count = 0;
    Reply reply;
    if (!connection_receive(file->connection, CONNECTION_REPLY_MAX, &reply, error) ||
        !reply_check(&reply, error) || !reply_get_integer(&reply, "count", &count, error))
        return FALSE;
    return (count >= 0 && (guint64)count == size) ||
           reply_contradicts(&reply, error, "not all bytes were written");
}

gboolean remote_file_flush(RemoteFile *file, GError **error)
{
    Reply reply;
    return call(file, request_on(file, "guest-file-flush"), &reply, error);
}

gboolean remote_file_close(RemoteFile *file, GError **error)
{
    Reply reply;
    file->is_open = FALSE;
    return call(file, request_on(file, "guest-file-close"), &reply, error);
}

void remote_file_abandon(RemoteFile *file)
{
    if (!file->is_open)
        return;
    Request *request = request_on(file, "guest-file-close");
    request_end(request);
    connection_farewell(file->connection, request);
    file->is_open = FALSE;
}
