/* SPDX-License-Identifier: Apache-2.0 */
#include "os-log.h"

#include "os-error.h"
#include "os-fd.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>

#define JOURNAL_SOCKET "/run/systemd/journal/socket"

struct OsLogFile {
    OsFd fd;
};

/* systemd.exec(5): $JOURNAL_STREAM is DEVICE:INODE of the socket it has connected; the descriptor
 * may have been redirected since, so the variable alone says nothing. */
gboolean os_log_owns_stderr(void)
{
    struct stat status;
    const char *stream = g_getenv("JOURNAL_STREAM");
    if (!stream || fstat(STDERR_FILENO, &status) < 0)
        return FALSE;
    g_autofree char *ours = g_strdup_printf("%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT,
                                            (guint64)status.st_dev, (guint64)status.st_ino);
    return strcmp(stream, ours) == 0;
}

static int priority_of(GLogLevelFlags level)
{
    static const struct {
        GLogLevelFlags level;
        int priority;
    } priorities[] = {
        {G_LOG_LEVEL_ERROR, LOG_CRIT},      {G_LOG_LEVEL_CRITICAL, LOG_ERR},
        {G_LOG_LEVEL_WARNING, LOG_WARNING}, {G_LOG_LEVEL_MESSAGE, LOG_NOTICE},
        {G_LOG_LEVEL_INFO, LOG_INFO},       {G_LOG_LEVEL_DEBUG, LOG_DEBUG},
    };
    for (guint i = 0; i < G_N_ELEMENTS(priorities); i++)
        if (level & priorities[i].level)
            return priorities[i].priority;
    return LOG_NOTICE;
}

/* One datagram of NAME=VALUE lines (systemd's "Native Journal Protocol").  FALSE if there is no
 * journal; a journal that is too busy loses the message rather than stopping us. */
static gboolean write_to_journal(int priority, const char *message)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = JOURNAL_SOCKET};
    g_auto(OsFd) fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    g_autofree char *entry =
        g_strdup_printf("MESSAGE=%s\nPRIORITY=%d\nSYSLOG_FACILITY=%d\n"
                        "SYSLOG_IDENTIFIER=virtagent\nSYSLOG_PID=%ld\n",
                        message, priority, LOG_FAC(LOG_DAEMON), (long)getpid());
    return fd >= 0 && (sendto(fd, entry, strlen(entry), MSG_DONTWAIT | MSG_NOSIGNAL,
                              (struct sockaddr *)&address, sizeof address) >= 0 ||
                       errno == EAGAIN);
}

void os_log_write(GLogLevelFlags level, const char *message)
{
    int priority = priority_of(level);
    if (write_to_journal(priority, message))
        return;
    openlog("virtagent", LOG_PID, LOG_DAEMON);
    syslog(priority, "%s", message);
}

/* Not blocking: a FIFO without a reader is an error here, one with a slow reader loses lines. */
OsLogFile *os_log_file_open(const char *path, GError **error)
{
    g_auto(OsFd) fd =
        open(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
    if (fd < 0)
        return os_error_null(error, "failed to open log file '%s'", path);
    OsLogFile *file = g_new0(OsLogFile, 1);
    file->fd = os_fd_steal(&fd);
    return file;
}

void os_log_file_write(OsLogFile *file, const char *line, gsize length)
{
    ssize_t put;
    do {
        put = write(file->fd, line, length);
    } while (put < 0 && errno == EINTR);
}

void os_log_file_free(OsLogFile *file)
{
    if (!file)
        return;
    os_fd_close(file->fd);
    g_free(file);
}
