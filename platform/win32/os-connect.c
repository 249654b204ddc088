/* SPDX-License-Identifier: Apache-2.0 */
#include "os-connect.h"

#include "os-error.h"
#include "os-stream-handle.h"
#include "os-utf16.h"
#include "os-vsock.h"

#include <string.h>

#define VSOCK "vsock:"
#define PIPE  "\\\\.\\pipe\\"

/* Milliseconds that a server has to be ready for one more client: those that come at once find a
 * pipe that is there, and busy. */
#define BUSY_PATIENCE 2000

/* Whoever made the pipe may learn who we are, but not act in our name. */
static HANDLE open_pipe(const wchar_t *name)
{
    return CreateFileW(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                       FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION,
                       NULL);
}

/* Another may be quicker to take the instance that was waited for (MSDN, "WaitNamedPipeW"). */
static HANDLE open_free_pipe(const wchar_t *name)
{
    gint64 deadline = g_get_monotonic_time() + BUSY_PATIENCE * 1000, left = 1;
    HANDLE pipe = open_pipe(name);

    while (pipe == INVALID_HANDLE_VALUE && GetLastError() == ERROR_PIPE_BUSY && left > 0) {
        left = deadline - g_get_monotonic_time();
        WaitNamedPipeW(name, (DWORD)(MAX(left, 0) / 1000 + 1));
        pipe = open_pipe(name);
    }
    return pipe;
}

static OsStream *connect_pipe(const char *path, GError **error)
{
    g_autofree wchar_t *wide = os_utf16(path, error);
    if (!wide)
        return NULL;
    HANDLE pipe = open_free_pipe(wide);
    if (pipe == INVALID_HANDLE_VALUE)
        return os_error_null(error, "failed to connect to '%s'", path);
    return os_stream_of_handle(pipe, OS_STREAM_PIPE);
}

OsStream *os_connect(const char *address, GError **error)
{
    if (g_ascii_strncasecmp(address, PIPE, strlen(PIPE)) == 0)
        return connect_pipe(address, error);
    if (!g_str_has_prefix(address, VSOCK)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "failed to connect to '%s': expected " PIPE "NAME or " VSOCK "CID:PORT",
                    address);
        return NULL;
    }
    SOCKET made = os_vsock_connect(address + strlen(VSOCK), error);
    return made == INVALID_SOCKET ? NULL : os_stream_of_handle((HANDLE)made, OS_STREAM_SOCKET);
}
