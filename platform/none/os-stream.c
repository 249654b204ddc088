/* SPDX-License-Identifier: Apache-2.0 */
#include "os-stream.h"
#include "none.h"

OsIo os_stream_read(OsStream *stream, void *buf, gsize len, gsize *got, GError **error)
{
    none_fail(error);
    return OS_IO_FAILED;
}

OsIo os_stream_write(OsStream *stream, const void *buf, gsize len, gsize *put, GError **error)
{
    none_fail(error);
    return OS_IO_FAILED;
}

void os_stream_watch(OsStream *stream, OsWatch what, OsStreamReady ready, gpointer data)
{
}

gboolean os_stream_half_closes(OsStream *stream)
{
    return FALSE;
}

void os_stream_free(OsStream *stream)
{
}
