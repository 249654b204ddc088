/* SPDX-License-Identifier: Apache-2.0 */
#include "os-file.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os-error.h"
#include "os-read-cached.h"

struct OsFile {
    int fd;
    gboolean regular;
};

/* Nobody but the owner gets to write what the host leaves behind. */
#define NEW_FILE_MODE 0644

static int open_flags(OsFileFlags flags)
{
    static const int access[] = {O_RDONLY, O_RDONLY, O_WRONLY, O_RDWR};
    int result = access[flags & (OS_FILE_READ | OS_FILE_WRITE)];

    result |= flags & OS_FILE_CREATE ? O_CREAT : 0;
    result |= flags & OS_FILE_TRUNCATE ? O_TRUNC : 0;
    result |= flags & OS_FILE_APPEND ? O_APPEND : 0;
    return result | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
}

static gboolean is_regular(int fd)
{
    struct stat info;
    return fstat(fd, &info) == 0 && (S_ISREG(info.st_mode) || S_ISBLK(info.st_mode));
}

OsFile *os_file_open(const char *path, OsFileFlags flags, GError **error)
{
    int fd;
    do
        fd = open(path, open_flags(flags), NEW_FILE_MODE);
    while (fd < 0 && errno == EINTR);
    if (fd < 0) {
        int code = errno;
        g_set_error_literal(error, G_IO_ERROR, g_io_error_from_errno(code), g_strerror(code));
        return NULL;
    }

    OsFile *file = g_new0(OsFile, 1);
    file->fd = fd;
    file->regular = is_regular(fd);
    return file;
}

gboolean os_file_is_regular(OsFile *file)
{
    return file->regular;
}

guint64 os_file_remaining(OsFile *file)
{
    struct stat info;
    if (!file->regular || fstat(file->fd, &info) != 0)
        return 0;
    off_t position = lseek(file->fd, 0, SEEK_CUR);
    return position >= 0 && position < info.st_size ? (guint64)(info.st_size - position) : 0;
}

gboolean os_file_read(OsFile *file, void *buf, gsize len, gsize *got, GError **error)
{
    ssize_t n;
    do
        n = read(file->fd, buf, len);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return os_error(error, "failed to read file");
    *got = (gsize)n;
    return TRUE;
}

/* At an explicit place, and the position is set only if all was there: whoever else uses the file
 * sees it move by whole reads or not at all. */
gboolean os_file_read_at_hand(OsFile *file, void *buf, gsize len)
{
    off_t at = file->regular ? lseek(file->fd, 0, SEEK_CUR) : -1;

    return at >= 0 && os_read_cached(file->fd, buf, len, at) == (gssize)len &&
           lseek(file->fd, at + (off_t)len, SEEK_SET) >= 0;
}

gboolean os_file_write(OsFile *file, const void *buf, gsize len, gsize *put, GError **error)
{
    ssize_t n;
    do
        n = write(file->fd, buf, len);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return os_error(error, "failed to write to file");
    *put = (gsize)n;
    return TRUE;
}

gboolean os_file_seek(OsFile *file, gint64 offset, OsSeek from, gint64 *position, GError **error)
{
    static const int whence[] = {
        [OS_SEEK_SET] = SEEK_SET, [OS_SEEK_CUR] = SEEK_CUR, [OS_SEEK_END] = SEEK_END};
    off_t result = lseek(file->fd, offset, whence[from]);

    if (result < 0)
        return os_error(error, "failed to seek file");
    *position = result;
    return TRUE;
}

/* fsync(2): what it says of special files that cannot be synced; ENOTSUP is what some FUSE file
 * systems say. */
static gboolean cannot_be_synced(int code)
{
    return code == EINVAL || code == EROFS || code == ENOTSUP;
}

gboolean os_file_flush(OsFile *file, GError **error)
{
    int result;
    do
        result = fsync(file->fd);
    while (result != 0 && errno == EINTR);
    if (result != 0 && !cannot_be_synced(errno))
        return os_error(error, "failed to flush file");
    return TRUE;
}

/* Not tried again after EINTR: Linux has freed the descriptor by then (close(2)). */
gboolean os_file_close(OsFile *file, GError **error)
{
    if (!file)
        return TRUE;

    int result = close(file->fd);
    gboolean closed = result == 0 || errno == EINTR || os_error(error, "failed to close handle");
    g_free(file);
    return closed;
}
