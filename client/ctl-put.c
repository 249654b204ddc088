/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"
#include "failure.h"
#include "local-file.h"
#include "progress.h"
#include "remote-file.h"

#define CHUNK (1u * 1024 * 1024) /* bytes a request carries */

/* Requests on their way at a time: the guest writes one while the next is being sent. */
#define WINDOW 3u

typedef struct {
    RemoteFile *file;
    Progress progress;
    gint64 sent;    /* bytes */
    gint64 written; /* of these */
} Upload;

/* Every chunk but the last is a full one. */
static gboolean confirm(Upload *upload, GError **error)
{
    gint64 size = MIN((gint64)CHUNK, upload->sent - upload->written);
    if (!remote_file_written(upload->file, (gsize)size, error))
        return FALSE;
    upload->written += size;
    progress_update(&upload->progress, upload->written);
    return TRUE;
}

static gboolean confirm_down_to(Upload *upload, guint pending, GError **error)
{
    while (connection_pending(upload->file->connection) > pending)
        if (!confirm(upload, error))
            return FALSE;
    return TRUE;
}

static gboolean copy(Upload *upload, LocalSource *source, GError **error)
{
    g_autofree guint8 *data = g_malloc(CHUNK);
    gsize got = CHUNK;

    while (got == CHUNK) {
        if (!local_source_read(source, data, CHUNK, &got, error) ||
            !confirm_down_to(upload, WINDOW - 1, error))
            return FALSE;
        if (got > 0)
            remote_file_write(upload->file, data, got);
        upload->sent += (gint64)got;
    }
    return confirm_down_to(upload, 0, error);
}

static gboolean run_upload(Upload *upload, LocalSource *source, const char *name, GError **error)
{
    progress_start(&upload->progress, name, local_source_size(source));
    gboolean copied = copy(upload, source, error);
    progress_end(&upload->progress);
    return copied && remote_file_flush(upload->file, error) &&
           remote_file_close(upload->file, error);
}

int ctl_put(const Options *options, char **arguments, GError **error)
{
    g_autoptr(LocalSource) source = NULL;
    g_autoptr(Connection) connection = NULL;
    g_auto(RemoteFile) file = {0};

    if (!ctl_check_text("path", arguments[1], error))
        return -1;
    source = local_source_open(arguments[0], error);
    connection = source ? ctl_connect(options, error) : NULL;
    if (!connection || !remote_file_open(&file, connection, arguments[1], "wb", error))
        return -1;
    Upload upload = {.file = &file};
    const char *shown = arguments[local_file_is_standard(arguments[0]) ? 1 : 0];
    return run_upload(&upload, source, shown, error) ? EXIT_DONE : -1;
}
