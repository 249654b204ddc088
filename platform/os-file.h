/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * Byte files as the agent sees them.  Paths are UTF-8, absolute or relative to the agent's working
 * directory.  FALSE or NULL means *error is set.  All of these may block (a dead NFS server), so
 * they run on a lane.  There is no buffer of ours: what was written is with the OS, and a write
 * that fails says so at once.  An OsFile may be used by two threads at a time; it has one position.
 */
typedef struct OsFile OsFile;

typedef enum {
    OS_FILE_READ = 1 << 0,
    OS_FILE_WRITE = 1 << 1,
    OS_FILE_CREATE = 1 << 2,   /* make it if it is missing: 0644 at most, less the umask */
    OS_FILE_TRUNCATE = 1 << 3, /* drop what it held */
    OS_FILE_APPEND = 1 << 4,   /* every write goes to the end */
} OsFileFlags;

typedef enum { OS_SEEK_SET, OS_SEEK_CUR, OS_SEEK_END } OsSeek;

/* Never waits for the other end of a FIFO: reading opens at once, writing without a reader fails.
 * Never becomes the controlling terminal.  A directory opens for reading; reading it fails.
 * Symbolic links are followed, also one to a file that OS_FILE_CREATE has yet to make.  The error
 * is the OS's text alone ("No such file or directory"): the caller words what was tried. */
OsFile *os_file_open(const char *path, OsFileFlags flags, GError **error);

/* TRUE for a file that always has the bytes up to its end (a regular file, a block device): worth
 * reading on until @len or the end.  FALSE for pipes, terminals, sockets: what is there is all. */
gboolean os_file_is_regular(OsFile *file);

/* Bytes from the current position to the end as far as known, else 0: a hint for buffer sizes. */
guint64 os_file_remaining(OsFile *file);

/* Reads once, at most @len bytes (not 0).  TRUE with *got == 0 is the end of the file, or a FIFO
 * without a writer.  An empty FIFO that has one is the error G_IO_ERROR_WOULD_BLOCK.
 * Error: "failed to read file: ..." */
gboolean os_file_read(OsFile *file, void *buf, gsize len, gsize *got, GError **error);

/* Fills @buf with the next @len bytes and moves on, if that takes no waiting for a disk or a server
 * (Linux: they are in the page cache).  FALSE, with nothing moved, if it does, if there are fewer,
 * or if that cannot be told: then os_file_read() knows more.  The one function here that never
 * blocks. */
gboolean os_file_read_at_hand(OsFile *file, void *buf, gsize len);

/* Writes once, at most @len bytes (not 0); *put may be less.  Error: "failed to write to file: ..."
 */
gboolean os_file_write(OsFile *file, const void *buf, gsize len, gsize *put, GError **error);

/* Moves the position; it may pass the end.  Error: "failed to seek file: ..." */
gboolean os_file_seek(OsFile *file, gint64 offset, OsSeek from, gint64 *position, GError **error);

/* Written data reaches the medium (fsync).  Things that cannot be synced (pipes, /proc) succeed.
 * Error: "failed to flush file: ..." */
gboolean os_file_flush(OsFile *file, GError **error);

/* Closes and frees, whatever the outcome.  FALSE if the OS reports a late write error:
 * "failed to close handle: ..."  NULL is fine. */
gboolean os_file_close(OsFile *file, GError **error);
