/* SPDX-License-Identifier: Apache-2.0 */
#include "os-channel-private.h"
#include "os-error.h"
#include "os-handle.h"
#include "os-port-news.h"

#define DEVICE_PREFIX "\\\\.\\"

/* Bytes as they are and no modem lines, as on POSIX; QEMU's port has no speed of its own. */
static gboolean set_up_line(HANDLE port)
{
    DCB line = {.DCBlength = sizeof line};
    if (!GetCommState(port, &line))
        return FALSE;
    line.BaudRate = CBR_38400;
    line.ByteSize = 8;
    line.Parity = NOPARITY;
    line.StopBits = ONESTOPBIT;
    line.fBinary = TRUE;
    line.fParity = line.fErrorChar = line.fNull = line.fAbortOnError = FALSE;
    line.fOutX = line.fInX = FALSE;
    line.fOutxCtsFlow = line.fOutxDsrFlow = line.fDsrSensitivity = FALSE;
    line.fDtrControl = DTR_CONTROL_ENABLE;
    line.fRtsControl = RTS_CONTROL_ENABLE;
    return SetCommState(port, &line);
}

/* A read waits for its first byte and ends a millisecond after the last one that came (COMMTIMEOUTS
 * in MSDN), a write waits for good.  What came before us is not for us. */
static gboolean set_up(HANDLE port)
{
    COMMTIMEOUTS times = {.ReadIntervalTimeout = 1};
    return set_up_line(port) && SetCommTimeouts(port, &times) &&
           PurgeComm(port, PURGE_RXABORT | PURGE_RXCLEAR);
}

/* "COM10" is a device by its full name only. */
OsChannel *os_channel_serial(const OsChannelAddress *address, const OsChannelEvents *events,
                             gpointer data, GError **error)
{
    const char *path = address->path;
    g_autofree char *device = g_str_has_prefix(path, DEVICE_PREFIX)
                                  ? g_strdup(path)
                                  : g_strconcat(DEVICE_PREFIX, path, NULL);
    g_auto(OsHandle) port = os_channel_port_open(device, path, error);

    if (!port)
        return NULL;
    if (!set_up(port))
        return os_error_null(error, "failed to set up port '%s'", path);
    return os_channel_port(os_handle_steal(&port), path, NULL, events, data, error);
}
