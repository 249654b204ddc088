/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-stream.h"

/* How this back end makes streams out of descriptors.  Each takes @fd over, whatever comes of it,
 * and makes it non-blocking and close-on-exec. */

/* A connected socket, a terminal or one end of a pipe. */
OsStream *os_stream_from_fd(int fd);

/* A socket on which connect() has been called and may not be through: until it is, nothing can be
 * read or written; if it fails, the first read or write fails, naming @address. */
OsStream *os_stream_connecting(int fd, const char *address);

/* What a kind of stream does: the functions of os-stream.h hand over to these. */
typedef struct {
    OsIo (*read)(OsStream *stream, void *buf, gsize len, gsize *got, GError **error);
    OsIo (*write)(OsStream *stream, const void *buf, gsize len, gsize *put, GError **error);
    void (*watch)(OsStream *stream, OsWatch what, OsStreamReady ready, gpointer data);
    gboolean (*half_closes)(OsStream *stream);
    void (*free)(OsStream *stream);
} OsStreamKind;

/* The beginning of every kind. */
struct OsStream {
    const OsStreamKind *kind;
};
