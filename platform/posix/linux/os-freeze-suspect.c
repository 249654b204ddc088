/* SPDX-License-Identifier: Apache-2.0 */
#include "os-fd.h"
#include "os-freeze-private.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>

/*
 * fs/namei.c, do_unlinkat(): waits for the thaw (mnt_want_write()) before it looks whether there is
 * such a name, on a read-only mount too; fs/xattr.c does the same for an attribute of a file.  The
 * process is stuck in the kernel then and cannot even be killed; it ends with the thaw.
 */
#define HELPER_NAME "va-frozen?" /* in ps(1) */
#define HELPERS_MAX 512u

/* Longer than a name can be on any filesystem, so there is nothing that could be removed. */
#define NAME_LENGTH 1023
#define ATTRIBUTE   "user.virtagent.is-it-frozen"

typedef enum { NOTHING = '\0', OPENED = 'o', THAWED = 't' } Word;

typedef struct {
    OsFilesystem *filesystem; /* not owned */
    OsFd ear;                 /* where the helper is heard from; -1: no more */
    Word last;
} Probe;

static void say(Word word)
{
    char byte = (char)word;
    while (write(STDIN_FILENO, &byte, 1) == -1 && errno == EINTR)
        continue;
}

/* Lets go of everything of the agent's, which a new one will want to open: the port, the lock. */
static void keep_only(int mouth)
{
    dup2(mouth, STDIN_FILENO);
#ifdef SYS_close_range
    if (syscall(SYS_close_range, 1u, ~0u, 0u) == 0)
        return;
#endif
    for (long fd = sysconf(_SC_OPEN_MAX) - 1; fd > STDIN_FILENO; fd--)
        close((int)fd);
}

static void try_to_change(int fd)
{
    char name[NAME_LENGTH + 1];
    memset(name, 'x', NAME_LENGTH);
    name[NAME_LENGTH] = '\0';
    if (unlinkat(fd, name, 0) == -1 && errno == ENOTDIR)
        fremovexattr(fd, ATTRIBUTE);
}

/* What the helper does.  There are no other threads, so anything may be called. */
static void help(const OsFilesystem *filesystem, int mouth)
{
    int fd;
    prctl(PR_SET_NAME, HELPER_NAME);
    setsid();
    keep_only(mouth);
    fd = os_freeze_open_visible(filesystem);
    if (fd == -1)
        return;
    say(OPENED);
    try_to_change(fd);
    say(THAWED);
}

/* The child of a child that has gone is collected by init, whenever it ends. */
static gboolean start_helper(const OsFilesystem *filesystem, int mouth)
{
    int status = 1;
    pid_t pid = fork();

    if (pid == 0) {
        pid = fork();
        if (pid == 0)
            help(filesystem, mouth);
        _exit(pid == -1);
    }
    while (pid > 0 && waitpid(pid, &status, 0) == -1 && errno == EINTR)
        continue;
    return pid > 0 && status == 0;
}

static void probe_start(Probe *probe)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) == -1)
        return;
    probe->ear = ends[0];
    start_helper(probe->filesystem, ends[1]);
    close(ends[1]);
}

static void probe_clear(gpointer data)
{
    os_fd_close(((Probe *)data)->ear);
}

static gboolean can_be_seen(const OsFilesystem *filesystem)
{
    return !((OsMount *)g_ptr_array_index(filesystem->handle->mounts, 0))->hidden;
}

static GArray *probes_new(GPtrArray *filesystems)
{
    GArray *probes = g_array_new(FALSE, FALSE, sizeof(Probe));
    g_array_set_clear_func(probes, probe_clear);
    for (guint i = 0; i < filesystems->len; i++) {
        Probe probe = {.filesystem = g_ptr_array_index(filesystems, i), .ear = -1};
        if (probe.filesystem->obstacle)
            continue;
        if (can_be_seen(probe.filesystem) && probes->len < HELPERS_MAX)
            probe_start(&probe);
        g_array_append_val(probes, probe);
    }
    return probes;
}

static void listen_to(Probe *probe)
{
    char words[2];
    gssize got = read(probe->ear, words, sizeof words);

    if (got > 0)
        probe->last = (Word)words[got - 1];
    else if (got == 0 || errno != EINTR)
        os_fd_close(os_fd_steal(&probe->ear));
}

/* FALSE when the time is over, or nobody is left to be heard. */
static gboolean listen_to_all(GArray *probes, gint64 deadline)
{
    g_autofree struct pollfd *ears = g_new(struct pollfd, probes->len);
    gint64 left = CLAMP((deadline - g_get_monotonic_time() + 999) / 1000, 0, G_MAXINT);
    gboolean anybody = FALSE;

    for (guint i = 0; i < probes->len; i++) {
        ears[i] = (struct pollfd){g_array_index(probes, Probe, i).ear, POLLIN, 0};
        anybody |= ears[i].fd != -1;
    }
    if (!anybody || (poll(ears, probes->len, (int)left) <= 0 && left == 0))
        return FALSE;
    for (guint i = 0; i < probes->len; i++)
        if (ears[i].fd != -1 && ears[i].revents)
            listen_to(&g_array_index(probes, Probe, i));
    return TRUE;
}

gboolean os_freeze_suspect(GPtrArray *filesystems, guint milliseconds)
{
    gint64 deadline = g_get_monotonic_time() + milliseconds * (gint64)1000;
    g_autoptr(GArray) probes = probes_new(filesystems);
    gboolean all_tried = TRUE;

    while (listen_to_all(probes, deadline))
        continue;
    for (guint i = 0; i < probes->len; i++) {
        Probe *probe = &g_array_index(probes, Probe, i);
        probe->filesystem->suspected = probe->last == OPENED && probe->ear != -1;
        all_tried &= probe->last == THAWED || probe->filesystem->suspected;
        if (probe->filesystem->suspected)
            probe->filesystem->handle->ear = os_fd_steal(&probe->ear);
    }
    return all_tried;
}

/* Whatever the helper has to say, or its end, means that it is through. */
void os_freeze_look_again(GPtrArray *filesystems)
{
    for (guint i = 0; i < filesystems->len; i++) {
        OsFilesystem *one = g_ptr_array_index(filesystems, i);
        struct pollfd ear = {one->handle->ear, POLLIN, 0};
        if (!one->suspected || poll(&ear, 1, 0) <= 0)
            continue;
        one->suspected = FALSE;
        os_fd_close(os_fd_steal(&one->handle->ear));
    }
}
