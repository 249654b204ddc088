/* SPDX-License-Identifier: Apache-2.0 */
#include "os-run.h"

#include <glib-unix.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>

#include "os-fd.h"
#include "os-process-fd.h"

/* Read at a time, bytes. */
#define CHUNK 16384u

/* Reads after its end, so that a descendant that never stops writing cannot keep us: what the
 * largest pipe holds that the program itself could have asked for. */
#define LAST_READS 64u

/* Milliseconds between looks where the kernel cannot wake us at the end: at first, at last. */
#define NAP_FIRST 1
#define NAP_LAST  50

#define NEVER G_MAXINT64

/* A program on its way to its end. */
typedef struct {
    const OsRun *run;
    OsProcess *process;
    OsFd pidfd; /* readable once it has ended; -1: the kernel has none */
    OsFd input; /* to its standard input; -1: through with it */
    gsize fed;
    OsFd output; /* of its standard output and error; -1: at their end */
    GString *said;
    gboolean ended;
    OsProcessEnd end;
} Running;

static void running_clear(Running *running)
{
    os_process_free(running->process);
    os_fd_close(running->pidfd);
    os_fd_close(running->input);
    os_fd_close(running->output);
    if (running->said)
        g_string_free(running->said, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Running, running_clear)

static void close_now(OsFd *fd)
{
    os_fd_close(os_fd_steal(fd));
}

static gboolean would_block(void)
{
    return errno == EAGAIN || errno == EINTR;
}

/* A program that does not want its input is no failure: its exit status tells. */
static void feed(Running *running)
{
    const OsRun *run = running->run;
    const char *rest = (const char *)run->input + running->fed;
    ssize_t n = write(running->input, rest, run->input_size - running->fed);

    if (n > 0)
        running->fed += (gsize)n;
    if (running->fed == run->input_size || (n < 0 && !would_block()))
        close_now(&running->input);
}

static void keep(Running *running, char *bytes, gsize size)
{
    GString *said = running->said;
    gsize last = running->run->output_last;

    for (char *nul = bytes; (nul = memchr(nul, '\0', size - (gsize)(nul - bytes)));)
        *nul = '?';
    g_string_append_len(said, bytes, (gssize)size);
    if (said->len > last)
        g_string_erase(said, 0, (gssize)(said->len - last));
}

/* FALSE if there was nothing more. */
static gboolean read_some(Running *running)
{
    char bytes[CHUNK];
    ssize_t n = read(running->output, bytes, sizeof bytes);

    if (n > 0)
        keep(running, bytes, (gsize)n);
    else if (n == 0 || !would_block())
        close_now(&running->output);
    return n > 0;
}

static void read_rest(Running *running)
{
    for (guint i = 0; i < LAST_READS && running->output >= 0; i++)
        if (!read_some(running))
            return;
}

static int milliseconds_to(gint64 deadline)
{
    gint64 left = deadline == NEVER ? NEVER : deadline - g_get_monotonic_time();
    return (int)CLAMP(left / 1000 + (left % 1000 > 0), 0, G_MAXINT);
}

static void pass_data(Running *running, int wait)
{
    struct pollfd fds[] = {
        {.fd = running->input, .events = POLLOUT},
        {.fd = running->output, .events = POLLIN},
        {.fd = running->pidfd, .events = POLLIN},
    };
    if (poll(fds, G_N_ELEMENTS(fds), wait) <= 0)
        return;
    if (fds[0].revents)
        feed(running);
    if (fds[1].revents)
        read_some(running);
}

/* Until it has ended, or @deadline (monotonic, in microseconds) has come: then FALSE.  Only this
 * thread collects the end, and only of this process, so that no other waiter's is taken. */
static gboolean follow(Running *running, gint64 deadline)
{
    int nap = running->pidfd >= 0 ? G_MAXINT : NAP_FIRST;

    while (!(running->ended = os_process_reap(running->process, &running->end))) {
        int left = milliseconds_to(deadline);
        if (left == 0)
            return FALSE;
        pass_data(running, MIN(left, nap));
        if (running->pidfd < 0)
            nap = MIN(nap * 2, NAP_LAST);
    }
    return TRUE;
}

/* As long as it has not been reaped, no other group can have its number.  What neither signal ends
 * hangs in the kernel; os_process_free() sees to it. */
static void stop(Running *running)
{
    static const int signals[] = {SIGTERM, SIGKILL};
    pid_t group = (pid_t)os_process_pid(running->process);

    for (guint i = 0; i < G_N_ELEMENTS(signals) && !running->ended; i++) {
        kill(-group, signals[i]);
        follow(running, g_get_monotonic_time() + OS_RUN_GRACE * 1000);
    }
}

/* Linux 5.3; EPERM or ENOSYS elsewhere, and in sandboxes that are older.  Close-on-exec. */
static int open_pidfd(const OsProcess *process)
{
#ifdef SYS_pidfd_open
    return (int)syscall(SYS_pidfd_open, (pid_t)os_process_pid(process), 0);
#else
    return -1;
#endif
}

static int take_pipe(OsProcess *process, int standard)
{
    int fd = os_process_take_fd(process, standard);
    if (fd >= 0)
        g_unix_set_fd_nonblocking(fd, TRUE, NULL);
    return fd;
}

static gboolean start(Running *running, GError **error)
{
    const OsRun *run = running->run;
    OsProcessFlags flags =
        OS_PROCESS_STDOUT | OS_PROCESS_MERGE | (run->input ? OS_PROCESS_STDIN : 0);

    running->process = os_process_spawn(run->argv, run->envp, flags, error);
    if (!running->process) {
        g_autofree char *program = g_utf8_make_valid(run->argv[0], -1);
        g_prefix_error(error, "failed to execute '%s': ", program);
        return FALSE;
    }
    running->pidfd = open_pidfd(running->process);
    running->input = take_pipe(running->process, STDIN_FILENO);
    running->output = take_pipe(running->process, STDOUT_FILENO);
    running->said = g_string_new(NULL);
    if (run->input && run->input_size == 0)
        close_now(&running->input);
    return TRUE;
}

gboolean os_run(const OsRun *run, OsRunResult *result, GError **error)
{
    g_auto(Running) running = {.run = run, .pidfd = -1, .input = -1, .output = -1};
    if (!start(&running, error))
        return FALSE;

    gint64 limit = (gint64)run->time_limit * 1000;
    gboolean in_time = follow(&running, limit ? g_get_monotonic_time() + limit : NEVER);
    if (!in_time)
        stop(&running);
    read_rest(&running);
    *result = (OsRunResult){
        .timed_out = !in_time,
        .end = running.end,
        .output = g_string_free(g_steal_pointer(&running.said), FALSE),
    };
    return TRUE;
}
