/* SPDX-License-Identifier: Apache-2.0 */
#include "os-daemon-pid.h"

#include "os-error.h"
#include "os-fd.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define TRIES_MAX                                                                                  \
    10 /* how often somebody may remove the file between our opening and locking it                \
        */

struct OsPidFile {
    OsFd fd;
    char *path;
};

/* The lock belongs to the open file, where the kernel has such locks (Linux 3.15, fcntl(2)): one of
 * the process would be gone as soon as a host reads the pid file with guest-file-open and closes
 * it. Both kinds exclude each other. */
#ifdef F_OFD_SETLK
#define SET_LOCK F_OFD_SETLK
#else
#define SET_LOCK F_SETLK
#endif

static gboolean lock(int fd, const char *path, GError **error)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(fd, SET_LOCK, &whole) == 0)
        return TRUE;
    if (errno != EAGAIN && errno != EACCES)
        return os_error(error, "cannot lock pid file '%s'", path);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_BUSY,
                "cannot lock pid file '%s': another process has it", path);
    return FALSE;
}

static gboolean has_name(int fd, const char *path)
{
    struct stat ours, named;
    return fstat(fd, &ours) == 0 && lstat(path, &named) == 0 && ours.st_dev == named.st_dev &&
           ours.st_ino == named.st_ino;
}

/* Nothing of the file is touched before it is ours. */
static int open_locked(const char *path, GError **error)
{
    for (guint i = 0; i < TRIES_MAX; i++) {
        g_auto(OsFd) fd =
            open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
        struct stat status;
        if (fd < 0 || fstat(fd, &status) < 0) {
            os_error(error, "cannot open pid file '%s'", path);
            return -1;
        }
        if (!S_ISREG(status.st_mode)) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
                        "cannot open pid file '%s': it is no regular file", path);
            return -1;
        }
        if (!lock(fd, path, error))
            return -1;
        if (has_name(fd, path))
            return os_fd_steal(&fd);
    }
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_BUSY,
                "cannot lock pid file '%s': it keeps being removed", path);
    return -1;
}

static gboolean write_pid(int fd, const char *path, GError **error)
{
    char text[32];
    int length = g_snprintf(text, sizeof text, "%ld\n", (long)getpid());
    if (fchmod(fd, 0600) < 0 || ftruncate(fd, 0) < 0 || pwrite(fd, text, (size_t)length, 0) < 0)
        return os_error(error, "cannot write pid file '%s'", path);
    return TRUE;
}

OsPidFile *os_pid_file_take(const char *path, GError **error)
{
    g_auto(OsFd) fd = open_locked(path, error);
    if (fd < 0 || !write_pid(fd, path, error))
        return NULL;
    OsPidFile *file = g_new0(OsPidFile, 1);
    file->fd = os_fd_steal(&fd);
    file->path = g_strdup(path);
    return file;
}

void os_pid_file_drop(OsPidFile *file)
{
    if (!file)
        return;
    if (has_name(file->fd, file->path))
        unlink(file->path);
    os_fd_close(file->fd);
    g_free(file->path);
    g_free(file);
}
