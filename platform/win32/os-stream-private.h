/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-completion.h"
#include "os-stream-handle.h"

/* One direction of a stream. */
typedef struct {
    OVERLAPPED over;
    gboolean busy; /* under way, or ended and not yet looked at */
    guint8 *buf;
    gsize size;       /* of @buf */
    gsize start, end; /* what is left in @buf: of a read to be taken, of a write to be written */
    DWORD code;       /* why there can be no more; 0: there can */
} OsOperation;

static inline gboolean os_operation_is_running(const OsOperation *op)
{
    return op->busy && !HasOverlappedIoCompleted(&op->over);
}

struct OsStream {
    HANDLE handle; /* NULL: closed already */
    OsStreamFlags flags;
    OsCompletion *completion; /* NULL: not used yet, as is @source */
    GSource *source;
    OsOperation in, out;
    gboolean hung_up; /* nothing more is to be read or written */
    gboolean freed;
    OsWatch what;
    OsStreamReady ready;
    gpointer data;
    OsStreamFreed on_free;
    gpointer on_free_data;
};

typedef struct {
    GSource base;
    OsStream *stream;
} OsStreamSource;

extern GSourceFuncs os_stream_source_funcs;

/* Whether there is something for the source to do. */
gboolean os_stream_is_due(const OsStream *stream);

/* Looks at a write that has ended, and starts the next if it took a part only. */
void os_stream_end_write(OsStream *stream);

/* The end of a freed stream that is due. */
void os_stream_bury(OsStream *stream);
