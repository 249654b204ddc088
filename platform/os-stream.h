/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * A stream of bytes: a connection with the host, a serial port while a host is attached to it, or
 * our end of a pipe to a child.  Nothing here blocks, and a stream that nobody watches costs no
 * wake-up, whatever its peer does (Windows: one for a read and for a write that were under way).  A
 * stream is used on one thread, that of its main context.
 */
typedef struct OsStream OsStream;

typedef enum {
    OS_IO_DONE,   /* at least one byte was moved */
    OS_IO_AGAIN,  /* nothing can be moved now: watch the stream */
    OS_IO_END,    /* reading: the peer sends no more.  Writing: it reads no more (EPIPE, reset) */
    OS_IO_FAILED, /* *error is set */
} OsIo;

typedef enum {
    OS_WATCH_NONE = 0,
    OS_WATCH_READ = 1 << 0,  /* bytes or the end of the stream can be read */
    OS_WATCH_WRITE = 1 << 1, /* bytes can be written, or never again */
} OsWatch;

typedef void (*OsStreamReady)(OsStream *stream, gpointer data);

/* Reads what is there, at most @len bytes (not 0), into @buf; *got is set with OS_IO_DONE only.
 * A peer that vanished (ECONNRESET) is OS_IO_END, not a failure. */
OsIo os_stream_read(OsStream *stream, void *buf, gsize len, gsize *got, GError **error);

/* Writes what fits, at most @len bytes (not 0) of @buf; *put is set with OS_IO_DONE only. */
OsIo os_stream_write(OsStream *stream, const void *buf, gsize len, gsize *put, GError **error);

/* Calls @ready from the thread's default main context as long as one of @what can be done (level
 * triggered); OS_WATCH_NONE stops that.  @ready may free the stream.  A new call replaces the last.
 */
void os_stream_watch(OsStream *stream, OsWatch what, OsStreamReady ready, gpointer data);

/* TRUE if a peer that sends no more may still be reading (a socket whose peer called shutdown());
 * FALSE if the end of reading means that nobody is there (a serial port, a pipe). */
gboolean os_stream_half_closes(OsStream *stream);

/* Closes; unsent bytes that the OS has taken are still delivered.  NULL is fine.
 * Windows: what os_stream_write() took is delivered as long as the loop runs and somebody reads,
 * and for a second more at the end of the agent (os_daemon_free()); a serial port has a moment for
 * it, then it is cancelled. */
void os_stream_free(OsStream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OsStream, os_stream_free)
