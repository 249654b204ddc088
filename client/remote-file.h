/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "connection.h"

/* An open file of the guest. */
typedef struct {
    Connection *connection; /* borrowed */
    gint64 handle;
    gboolean is_open;
} RemoteFile;

/* @mode is "r", "w"... as in fopen(). */
gboolean remote_file_open(RemoteFile *file, Connection *connection, const char *path,
                          const char *mode, GError **error);

/* Its size, found by seeking; -1 if that is not possible.  The guest may lie. */
gint64 remote_file_size(RemoteFile *file);

void remote_file_ask(RemoteFile *file, gsize size);
/* The answer to the oldest question: at most @size bytes. */
gboolean remote_file_answer(RemoteFile *file, gsize size, GBytes **bytes, gboolean *end,
                            GError **error);

void remote_file_write(RemoteFile *file, const void *data, gsize size);
/* Whether the oldest write, of @size bytes, was done. */
gboolean remote_file_written(RemoteFile *file, gsize size, GError **error);
gboolean remote_file_flush(RemoteFile *file, GError **error);

gboolean remote_file_close(RemoteFile *file, GError **error);

/* Closes a file that is still open, as far as the connection allows; no errors. */
void remote_file_abandon(RemoteFile *file);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RemoteFile, remote_file_abandon)
