/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <errno.h>
#include <glib.h>
#include <unistd.h>

/* A descriptor that closes itself: `g_auto(OsFd) fd = open(...);`, handed on by os_fd_steal(). */
typedef int OsFd;

/* Leaves errno alone, so that a failing function can clean up before it words its error. */
static inline void os_fd_close(OsFd fd)
{
    int saved = errno;
    if (fd >= 0)
        close(fd);
    errno = saved;
}
G_DEFINE_AUTO_CLEANUP_FREE_FUNC(OsFd, os_fd_close, -1)

static inline int os_fd_steal(OsFd *fd)
{
    int stolen = *fd;
    *fd = -1;
    return stolen;
}
