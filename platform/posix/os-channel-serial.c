/* SPDX-License-Identifier: Apache-2.0 */
#include "os-channel-private.h"
#include "os-error.h"
#include "os-fd.h"

#include <sys/file.h>
#include <termios.h>

/* The lock keeps a second agent out; TIOCEXCL would not, as root may open such a port anyway. */
static gboolean lock_serial(int fd, const char *path, GError **error)
{
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        return TRUE;
    if (errno != EWOULDBLOCK)
        return os_error(error, "failed to lock port '%s'", path);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_BUSY, "port '%s' is busy: another agent uses it",
                path);
    return FALSE;
}

/* Bytes as they are, no modem lines; what came before us is not for us. */
static gboolean set_up_serial(int fd, const char *path, GError **error)
{
    struct termios line;
    if (tcgetattr(fd, &line) < 0)
        return os_error(error, "failed to set up port '%s'", path);
    cfmakeraw(&line);
    line.c_cflag |= CLOCAL | CREAD;
    line.c_cc[VMIN] = 1;
    line.c_cc[VTIME] = 0;
    if (cfsetspeed(&line, B38400) < 0 || tcflush(fd, TCIFLUSH) < 0 ||
        tcsetattr(fd, TCSANOW, &line) < 0)
        return os_error(error, "failed to set up port '%s'", path);
    return TRUE;
}

OsChannel *os_channel_serial(const OsChannelAddress *address, const OsChannelEvents *events,
                             gpointer data, GError **error)
{
    const char *path = address->path;
    g_auto(OsFd) fd = os_channel_port_open(path, error);
    if (fd < 0 || !lock_serial(fd, path, error) || !set_up_serial(fd, path, error))
        return NULL;
    return os_channel_port(os_fd_steal(&fd), path, TRUE, events, data, error);
}
