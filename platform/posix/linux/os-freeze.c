/* SPDX-License-Identifier: Apache-2.0 */
#include "os-error.h"
#include "os-fd.h"
#include "os-freeze-private.h"

#include <linux/fs.h>
#include <sys/ioctl.h>

void os_frozen_free(OsFrozen *frozen)
{
    if (!frozen)
        return;
    os_fd_close(frozen->fd);
    os_fd_close(frozen->ear);
    g_ptr_array_unref(frozen->mounts);
    g_ptr_array_unref(frozen->table);
    g_free(frozen);
}

void os_freeze_close(OsFilesystem *filesystem)
{
    os_fd_close(os_fd_steal(&filesystem->handle->fd));
}

/* Since Linux 5.8 errors of writing that happened after the opening are told here, too. */
gboolean os_freeze_sync(const OsFilesystem *filesystem, GError **error)
{
    int done;
    do
        done = syncfs(filesystem->handle->fd);
    while (done == -1 && errno == EINTR);
    return done == 0 || os_error(error, "failed to write out '%s'", filesystem->mountpoint);
}

static OsFreezeOutcome request(const OsFilesystem *filesystem, unsigned long what, int already,
                               const char *verb, GError **error)
{
    int done;
    do
        done = ioctl(filesystem->handle->fd, what, 0);
    while (done == -1 && errno == EINTR);
    if (done == 0)
        return OS_FREEZE_DONE;
    if (errno == already)
        return OS_FREEZE_ALREADY;
    if (errno == EOPNOTSUPP || errno == ENOTTY)
        return OS_FREEZE_UNSUPPORTED;
    os_error(error, "failed to %s '%s'", verb, filesystem->mountpoint);
    return OS_FREEZE_FAILED;
}

gboolean os_freeze_is_joint(void)
{
    return FALSE;
}

guint os_freeze_longest(void)
{
    return 0;
}

/* fs/super.c, freeze_super(): EBUSY if it is frozen.  fs/ioctl.c: EOPNOTSUPP for a filesystem that
 * does not know how to. */
OsFreezeOutcome os_freeze_freeze(const GPtrArray *filesystems, const OsFreezeOptions *options,
                                 GError **error)
{
    return request(filesystems->pdata[0], FIFREEZE, EBUSY, "freeze", error);
}

/* thaw_super(): EINVAL if it is not frozen. */
OsFreezeOutcome os_freeze_thaw(const GPtrArray *filesystems, GError **error)
{
    return request(filesystems->pdata[0], FITHAW, EINVAL, "thaw", error);
}

GPtrArray *os_freeze_writers(void)
{
    return g_ptr_array_new();
}
