/* SPDX-License-Identifier: Apache-2.0 */
#include "os-read.h"
#include "os-error.h"
#include "os-fd.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

/* O_NONBLOCK: opening a FIFO that was put in the file's place must not wait for its writer. */
static int open_regular(const char *path)
{
    struct stat st;
    g_auto(OsFd) fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd == -1 || fstat(fd, &st) == -1)
        return -1;
    if (!S_ISREG(st.st_mode)) {
        errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
        return -1;
    }
    return os_fd_steal(&fd);
}

static gssize read_some(int fd, void *buf, gsize len)
{
    gssize got;
    do {
        got = read(fd, buf, len);
    } while (got == -1 && errno == EINTR);
    return got;
}

/* Until the end: st_size is 0 for the files of /proc.  One byte more than allowed tells a file that
 * just fits from one that does not. */
static gboolean read_all(int fd, gsize max, GString *text)
{
    gsize room = 4096;
    gssize got = 1;
    while (got > 0) {
        gsize have = text->len;
        if (have > max) {
            errno = EFBIG;
            return FALSE;
        }
        g_string_set_size(text, have + MIN(room, max + 1 - have));
        got = read_some(fd, text->str + have, text->len - have);
        g_string_set_size(text, have + (gsize)MAX(got, 0));
        room = MAX(room, text->len);
    }
    return got == 0;
}

char *os_read(const char *path, gsize max, gsize *length, GError **error)
{
    g_auto(OsFd) fd = open_regular(path);
    g_autoptr(GString) text = g_string_new(NULL);

    if (fd == -1 || !read_all(fd, max, text))
        return os_error_null(error, "failed to read '%s'", path);
    if (length)
        *length = text->len;
    return g_string_free(g_steal_pointer(&text), FALSE);
}
