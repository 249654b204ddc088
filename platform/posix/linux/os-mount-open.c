/* SPDX-License-Identifier: Apache-2.0 */
#include "os-mount-open.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* Filesystems without a device number of their own give each subvolume another. */
OsFd os_mount_open(const char *mountpoint, guint64 number, int flags)
{
    struct stat st;
    g_auto(OsFd) fd = open(mountpoint, flags | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY);

    if (fd == -1 || fstat(fd, &st) == -1)
        return -1;
    if (st.st_dev != number && (major(number) != 0 || major(st.st_dev) != 0)) {
        errno = ESTALE;
        return -1;
    }
    return os_fd_steal(&fd);
}
