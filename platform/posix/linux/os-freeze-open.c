/* SPDX-License-Identifier: Apache-2.0 */
#include "os-error.h"
#include "os-fd.h"
#include "os-freeze-private.h"
#include "os-read.h"
#include "os-root.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#define FDINFO_MAX 4096 /* bytes of /proc/self/fdinfo/N: four lines, and one per lock */

/* proc(5), since Linux 3.15. */
static gboolean has_mount_id(int fd, guint id)
{
    g_autofree char *name = g_strdup_printf("/proc/self/fdinfo/%d", fd);
    g_autofree char *path = os_root(name);
    g_autofree char *info = os_read(path, FDINFO_MAX, NULL, NULL);
    const char *line = info ? strstr(info, "\nmnt_id:\t") : NULL;

    return line && g_ascii_strtoull(line + strlen("\nmnt_id:\t"), NULL, 10) == id;
}

/* Files of a superblock without a device of its own can have other numbers (btrfs subvolumes): then
 * it must be the very mount. */
static gboolean is_on(int fd, const struct stat *st, const OsMount *mount)
{
    return st->st_dev == makedev(mount->major, mount->minor) ||
           (mount->major == 0 && has_mount_id(fd, mount->id));
}

static int reopen(int fd, const struct stat *st)
{
    g_autofree char *name = g_strdup_printf("/proc/self/fd/%d", fd);
    g_autofree char *path = os_root(name);

    if (S_ISDIR(st->st_mode))
        return openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (S_ISREG(st->st_mode))
        return open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    errno = ENOTDIR;
    return -1;
}

/* First without opening what is there: that would start an automount, and it can be the device node
 * or the FIFO that was bound there (open(2), O_PATH). */
int os_freeze_open_mount(const OsMount *mount)
{
    struct stat st;
    g_auto(OsFd) fd = open(mount->mountpoint, O_PATH | O_NOFOLLOW | O_CLOEXEC);

    if (fd == -1 || fstat(fd, &st) == -1)
        return -1;
    if (!is_on(fd, &st, mount)) {
        errno = ESTALE;
        return -1;
    }
    return reopen(fd, &st);
}

int os_freeze_open_visible(const OsFilesystem *filesystem)
{
    const GPtrArray *mounts = filesystem->handle->mounts;
    int fd = -1;

    errno = ESTALE;
    for (guint i = 0; fd == -1 && i < mounts->len; i++) {
        const OsMount *mount = g_ptr_array_index(mounts, i);
        if (!mount->hidden)
            fd = os_freeze_open_mount(mount);
    }
    return fd;
}

/* What could be seen when the list was made may have been hidden since. */
gboolean os_freeze_open(OsFilesystem *filesystem, GError **error)
{
    int fd;

    if (filesystem->handle->fd != -1)
        return TRUE;
    fd = os_freeze_open_visible(filesystem);
    if (fd == -1 && errno != ESTALE && errno != ENOENT && errno != ENOTDIR)
        return os_error(error, "failed to open '%s'", filesystem->mountpoint);
    if (fd == -1)
        fd = os_freeze_open_hidden(filesystem, error);
    filesystem->handle->fd = fd;
    return fd != -1;
}
