/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-stream.h"

#include <windows.h>

/* How this back end makes streams out of handles. */

typedef enum {
    OS_STREAM_PIPE = 0,        /* what was written is delivered after os_stream_free(), as long as
                                * somebody is there to read it and the process runs */
    OS_STREAM_SOCKET = 1 << 0, /* a SOCKET: reading nothing is its end, and it half-closes */
    OS_STREAM_PORT = 1 << 1,   /* a device: os_stream_free() cancels what is under way; reading
                                * nothing is its end */
} OsStreamFlags;

/* A stream of @handle, opened with FILE_FLAG_OVERLAPPED and not used for I/O otherwise, which it
 * takes over.  May be called on any thread; the stream then belongs to the thread that first reads,
 * writes or watches. */
OsStream *os_stream_of_handle(HANDLE handle, OsStreamFlags flags);

/* What has been read so far can still be read, then comes the end.  A port's handle is closed. */
void os_stream_hang_up(OsStream *stream);

/* Calls @freed when the stream has been: of a port, its handle is closed then. */
typedef void (*OsStreamFreed)(gpointer data);
void os_stream_on_free(OsStream *stream, OsStreamFreed freed, gpointer data);

/* Waits, @patience ms at most, until the streams that were freed on this thread have delivered what
 * they took: for the end of the process, when no loop will do it any more. */
void os_stream_settle(guint patience);

/* Makes a pipe for a child: *ours is overlapped and not inheritable, for os_stream_of_handle();
 * *theirs is the plain, inheritable handle of the other end.  @we_write says which way the bytes
 * go.  Nobody else can get hold of it. */
gboolean os_stream_pipe(gboolean we_write, HANDLE *ours, HANDLE *theirs, GError **error);
