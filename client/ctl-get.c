/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"
#include "failure.h"
#include "interrupt.h"
#include "local-file.h"
#include "progress.h"
#include "remote-file.h"

/* Bytes a request asks for: enough that the way there and back does not matter. */
#define CHUNK (1u * 1024 * 1024)

/* Requests on their way at a time. */
#define WINDOW_MAX 4u

/* A pipe of the guest may have nothing at the moment: how long until it is asked again, and until
 * a file that neither has bytes nor ends is given up. */
#define IDLE_PAUSE   50 /* milliseconds */
#define IDLE_SECONDS 60

typedef struct {
    RemoteFile *file;
    LocalTarget *target;
    Progress progress;
    guint window;
    gint64 done;       /* bytes */
    gint64 last_bytes; /* monotonic time */
} Download;

static gboolean wait_for_bytes(Download *download, const Options *options, GError **error)
{
    double patience = options->timeout == OPTIONS_NO_TIMEOUT ? IDLE_SECONDS : options->timeout;
    gint64 idle = g_get_monotonic_time() - download->last_bytes;

    download->window = 1;
    if (idle >= (gint64)(patience * G_USEC_PER_SEC))
        return failure_set(error, FAILURE_TIMEOUT,
                           "guest-file-read: neither bytes nor an end for %g s", patience);
    return interrupt_pause(IDLE_PAUSE, error);
}

static gboolean take(Download *download, const Options *options, GBytes *bytes, gboolean end,
                     GError **error)
{
    gsize size = 0;
    const void *data = g_bytes_get_data(bytes, &size);

    if (size == 0)
        return end || wait_for_bytes(download, options, error);
    if (!local_target_write(download->target, data, size, error))
        return FALSE;
    download->last_bytes = g_get_monotonic_time();
    download->window = MIN(download->window + 1, WINDOW_MAX);
    download->done += (gint64)size;
    progress_update(&download->progress, download->done);
    return TRUE;
}

static gboolean copy(Download *download, const Options *options, GError **error)
{
    Connection *connection = download->file->connection;
    gboolean end = FALSE;

    while (!end) {
        g_autoptr(GBytes) bytes = NULL;
        while (connection_pending(connection) < download->window)
            remote_file_ask(download->file, CHUNK);
        if (!remote_file_answer(download->file, CHUNK, &bytes, &end, error) ||
            !take(download, options, bytes, end, error))
            return FALSE;
    }
    return connection_drain(connection, error);
}

static gboolean run_download(Download *download, const Options *options, const char *name,
                             GError **error)
{
    progress_start(&download->progress, name, -1);
    if (download->progress.shown)
        download->progress.total = remote_file_size(download->file);
    download->window = 1;
    download->last_bytes = g_get_monotonic_time();
    gboolean copied = copy(download, options, error);
    progress_end(&download->progress);
    return copied && remote_file_close(download->file, error);
}

static int fetch(const Options *options, const char *remote, const char *local, GError **error)
{
    g_autofree char *place = NULL;
    g_autoptr(LocalTarget) target = NULL;
    g_autoptr(Connection) connection = NULL;
    g_auto(RemoteFile) file = {0};

    if (!ctl_check_text("path", remote, error))
        return -1;
    place = local_target_place(local, remote, error);
    target = place ? local_target_open(place, options->raw, error) : NULL;
    connection = target ? ctl_connect(options, error) : NULL;
    if (!connection || !remote_file_open(&file, connection, remote, "rb", error))
        return -1;
    Download download = {.file = &file, .target = target};
    const char *shown = local_file_is_standard(local) ? NULL : remote;
    gboolean done = run_download(&download, options, shown, error);
    return done && local_target_finish(target, error) ? EXIT_DONE : -1;
}

int ctl_get(const Options *options, char **arguments, GError **error)
{
    return fetch(options, arguments[0], arguments[1], error);
}

int ctl_cat(const Options *options, char **arguments, GError **error)
{
    return fetch(options, arguments[0], "-", error);
}
