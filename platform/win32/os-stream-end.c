/* SPDX-License-Identifier: Apache-2.0 */
#include "os-stream-end.h"

#include <winsock2.h>

/* ERROR_CANT_WAIT (MSDN "System Error Codes (500-999)"), which mingw-w64 10 does not have. */
enum { CANT_WAIT = 554 };

static gboolean is_among(DWORD code, const DWORD *codes, gsize count)
{
    for (gsize i = 0; i < count; i++)
        if (codes[i] == code)
            return TRUE;
    return FALSE;
}

gboolean os_stream_is_end(DWORD code, gboolean is_port)
{
    static const DWORD gone[] = {
        ERROR_HANDLE_EOF,         ERROR_BROKEN_PIPE,     ERROR_NO_DATA, /* a pipe that is being
                                                                           closed */
        ERROR_PIPE_NOT_CONNECTED, ERROR_NETNAME_DELETED, /* a socket that was reset, seen by
                                                            ReadFile() */
        ERROR_CONNECTION_ABORTED, WSAECONNRESET,         WSAECONNABORTED, WSAESHUTDOWN,
    };
    static const DWORD removed[] = {
        ERROR_DEVICE_NOT_CONNECTED,
        ERROR_DEVICE_REMOVED,
        ERROR_DEV_NOT_EXIST,
        ERROR_BAD_COMMAND,
        ERROR_GEN_FAILURE,
        ERROR_OPERATION_ABORTED,   /* its queue was purged */
        ERROR_NO_SYSTEM_RESOURCES, /* vioserial: a read without a host */
        CANT_WAIT,                 /* vioserial: a write without one */
    };
    return is_among(code, gone, G_N_ELEMENTS(gone)) ||
           (is_port && is_among(code, removed, G_N_ELEMENTS(removed)));
}
