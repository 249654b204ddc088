/* SPDX-License-Identifier: Apache-2.0 */
#include "os-daemon-set-up.h"

#include <fcntl.h>
#include <glib.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>

/* A closed standard descriptor would be given to the next file or socket that is opened, and then
 * be written to as if it were the terminal. */
static void open_standard_descriptors(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR | O_NOCTTY) != fd)
            abort();
}

static void keep_from_children(void)
{
    g_autoptr(GDir) dir = g_dir_open("/dev/fd", 0, NULL);
    const char *name;
    while (dir && (name = g_dir_read_name(dir))) {
        int fd = (int)g_ascii_strtoll(name, NULL, 10);
        int flags = fd > 2 ? fcntl(fd, F_GETFD) : -1;
        if (flags >= 0)
            fcntl(fd, F_SETFD, flags | FD_CLOEXEC);
    }
}

/*
 * glibc raises its mmap threshold to the size of the largest block freed so far, up to 32 MiB, and
 * twice that for trimming: after one big request the process would keep tens of MiB for ever.
 * Setting a threshold ends that (mallopt(3)).  Blocks from 4 MiB come from the kernel and go back
 * to it when freed.  Smaller ones come from the heap, whose free end may hold 1.75 MiB, so that
 * reading a file in pieces of 1 MiB (1.4 MB of base64) does not fault in fresh pages for every
 * piece.  One arena for all threads: lanes allocate little, and an arena per thread would keep its
 * own rest.
 */
static void set_up_memory(void)
{
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 4 * 1024 * 1024);
    mallopt(M_TRIM_THRESHOLD, 7 * 256 * 1024);
    mallopt(M_ARENA_MAX, 1);
#endif
}

void os_daemon_set_up(void)
{
    signal(SIGPIPE, SIG_IGN);
    open_standard_descriptors();
    keep_from_children();
    set_up_memory();
}
