/* SPDX-License-Identifier: Apache-2.0 */
#include "os-as-user.h"

#include "os-error.h"
#include "os-fd.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* Descriptors tried one by one where the kernel cannot close a range (Linux before 5.9). */
#define DESCRIPTORS_MAX 65536

/* What the child makes is the user's alone, whatever the agent was started with. */
#define NEW_UMASK 077

/* Where the child keeps the end of the pipe on which it says that it is done. */
#define DONE_FD (STDERR_FILENO + 1)

/* Both processes see it. */
typedef struct {
    int code; /* errno of becoming the user */
    _Alignas(max_align_t) guint8 data[];
} Shared;

typedef struct {
    const OsAsUser *who;
    OsAsUserWork work;
    Shared *shared;
    gsize size; /* of shared */
    OsFd done[2];
    pid_t pid;
} Run;

static void run_clear(Run *run)
{
    if (run->shared)
        munmap(run->shared, run->size);
    os_fd_close(run->done[0]);
    os_fd_close(run->done[1]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Run, run_clear)

static gboolean run_make(Run *run, gconstpointer data, gsize size)
{
    run->size = sizeof(Shared) + size;
    void *memory = mmap(NULL, run->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return FALSE;
    run->shared = memory;
    memcpy(run->shared->data, data, size);
    return pipe2(run->done, O_CLOEXEC) == 0;
}

/* A child that hangs in the kernel must not keep the agent's port or sockets open. */
static void close_from(int first)
{
#ifdef SYS_close_range
    if (syscall(SYS_close_range, (unsigned)first, ~0u, 0u) == 0)
        return;
#endif
    struct rlimit limit = {.rlim_cur = DESCRIPTORS_MAX};
    getrlimit(RLIMIT_NOFILE, &limit);
    for (int fd = first; fd < (int)MIN(limit.rlim_cur, DESCRIPTORS_MAX); fd++)
        close(fd);
}

/* The user last: after that there is no right left to change groups. */
static gboolean become(const OsAsUser *who)
{
    if (geteuid() != 0) {
        errno = EPERM;
        return who->uid == geteuid();
    }
    return setgroups(who->n_groups, who->groups) == 0 &&
           setresgid(who->gid, who->gid, who->gid) == 0 &&
           setresuid(who->uid, who->uid, who->uid) == 0;
}

static G_GNUC_NORETURN void child(const Run *run)
{
    dup2(run->done[1], DONE_FD);
    close_from(DONE_FD + 1);
    umask(NEW_UMASK);
    if (become(run->who))
        run->work(run->shared->data);
    else
        run->shared->code = errno;
    _exit(write(DONE_FD, "", 1) == 1 ? 0 : 1);
}

/* The agent's signal handlers must not run in the child: their wake-up descriptors are shared. */
static gboolean start(Run *run)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    run->pid = fork();
    if (run->pid == 0)
        child(run);
    int code = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = code;
    return run->pid > 0;
}

/* 0; or an errno: ETIMEDOUT, or EPIPE if the child ended before its work did. */
static int await(const Run *run, guint milliseconds)
{
    gint64 end = g_get_monotonic_time() + (gint64)milliseconds * G_TIME_SPAN_MILLISECOND;
    struct pollfd done = {.fd = run->done[0], .events = POLLIN};
    int found;
    do {
        gint64 left = (end - g_get_monotonic_time()) / G_TIME_SPAN_MILLISECOND;
        found = poll(&done, 1, (int)MAX(left, 0));
    } while (found < 0 && errno == EINTR);
    if (found <= 0)
        return found == 0 ? ETIMEDOUT : errno;

    char byte;
    return read(run->done[0], &byte, 1) == 1 ? 0 : EPIPE;
}

static void nobody_cares(GPid pid, int status, gpointer data)
{
}

/* Never waits: a child may be stuck in the kernel, on its way out too. */
static void finish(const Run *run)
{
    kill(run->pid, SIGKILL);
    g_child_watch_add(run->pid, nobody_cares, NULL);
}

static gboolean fail(const OsAsUser *who, int code, guint milliseconds, GError **error)
{
    if (code != ETIMEDOUT)
        return os_error_code(error, code, "cannot act as user %u", who->uid);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "no answer within %u ms", milliseconds);
    return FALSE;
}

gboolean os_as_user(const OsAsUser *who, OsAsUserWork work, gpointer data, gsize size,
                    guint milliseconds, GError **error)
{
    g_auto(Run) run = {.who = who, .work = work, .done = {-1, -1}};

    if (!run_make(&run, data, size) || !start(&run))
        return os_error(error, "cannot act as user %u", who->uid);
    os_fd_close(os_fd_steal(&run.done[1]));
    int code = await(&run, milliseconds);
    finish(&run);
    if (code || run.shared->code)
        return fail(who, code ? code : run.shared->code, milliseconds, error);
    memcpy(data, run.shared->data, size);
    return TRUE;
}
