/* SPDX-License-Identifier: Apache-2.0 */
#include "os-process.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include "os-fd.h"
#include "os-path-search.h"
#include "os-process-fd.h"
#include "os-stream-fd.h"

/* Where to look if there is no PATH at all. */
#define PATH_DEFAULT "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

#define SHELL "/bin/sh"

/* One end of each pipe, by the number of the standard descriptor; -1: no pipe. */
typedef struct {
    OsFd fd[3];
} Ends;

struct OsProcess {
    pid_t pid; /* 0: not started */
    Ends ours;
    gboolean reaped;
    guint watch; /* source; 0: nobody watches */
    OsProcessEnded ended;
    gpointer data;
};

/* What posix_spawn() wants to be told. */
typedef struct {
    const char *const *argv;
    char *const *envp;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    pid_t pid;
} Plan;

static void ends_clear(Ends *ends)
{
    for (guint i = 0; i < G_N_ELEMENTS(ends->fd); i++)
        os_fd_close(os_fd_steal(&ends->fd[i]));
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Ends, ends_clear)

static void plan_clear(Plan *plan)
{
    posix_spawn_file_actions_destroy(&plan->actions);
    posix_spawnattr_destroy(&plan->attributes);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Plan, plan_clear)

/* The text alone: the caller words what was tried. */
static gpointer failed(GError **error, int code)
{
    g_set_error_literal(error, G_IO_ERROR, g_io_error_from_errno(code), g_strerror(code));
    return NULL;
}

/* An end that were one of 0, 1, 2 could be overwritten in the child before its turn comes. */
static int above_standard(int fd)
{
    if (fd > STDERR_FILENO)
        return fd;
    g_auto(OsFd) low = fd;
    return fcntl(low, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
}

static gboolean open_pipe(int standard, Ends *ours, Ends *childs)
{
    int pair[2];
    if (pipe2(pair, O_CLOEXEC) < 0)
        return FALSE;

    gboolean child_reads = standard == STDIN_FILENO;
    ours->fd[standard] = pair[child_reads ? 1 : 0];
    childs->fd[standard] = above_standard(pair[child_reads ? 0 : 1]);
    return childs->fd[standard] >= 0;
}

static gboolean open_pipes(OsProcessFlags flags, Ends *ours, Ends *childs)
{
    static const OsProcessFlags wanted[] = {OS_PROCESS_STDIN, OS_PROCESS_STDOUT, OS_PROCESS_STDERR};

    for (int i = 0; i < (int)G_N_ELEMENTS(wanted); i++)
        if ((flags & wanted[i]) && !open_pipe(i, ours, childs))
            return FALSE;
    return TRUE;
}

static int plan_standard(Plan *plan, const Ends *childs, OsProcessFlags flags, int standard)
{
    if (childs->fd[standard] >= 0)
        return posix_spawn_file_actions_adddup2(&plan->actions, childs->fd[standard], standard);
    if (standard == STDERR_FILENO && (flags & OS_PROCESS_MERGE))
        return posix_spawn_file_actions_adddup2(&plan->actions, STDOUT_FILENO, standard);
    return posix_spawn_file_actions_addopen(&plan->actions, standard, "/dev/null",
                                            standard == STDIN_FILENO ? O_RDONLY : O_WRONLY, 0);
}

/* All our own descriptors close by themselves; this is for those that a library or whoever started
 * the agent left open.  glibc has it since 2.34. */
static int plan_no_others(Plan *plan)
{
#ifdef __GLIBC_PREREQ
#if __GLIBC_PREREQ(2, 34)
    return posix_spawn_file_actions_addclosefrom_np(&plan->actions, STDERR_FILENO + 1);
#endif
#endif
    return 0;
}

/* The agent ignores SIGPIPE, and maybe what it was started to ignore: a program expects neither. */
static void plan_signals(Plan *plan)
{
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawnattr_setsigdefault(&plan->attributes, &all);
    posix_spawnattr_setsigmask(&plan->attributes, &none);
    posix_spawnattr_setflags(&plan->attributes,
                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
}

static int make_plan(Plan *plan, const Ends *childs, OsProcessFlags flags)
{
    int code = 0;
    for (int i = STDIN_FILENO; i <= STDERR_FILENO && !code; i++)
        code = plan_standard(plan, childs, flags, i);
    plan_signals(plan);
    return code ? code : plan_no_others(plan);
}

static int spawn(Plan *plan, const char *path, const char *const *argv)
{
    return posix_spawn(&plan->pid, path, &plan->actions, &plan->attributes, (char *const *)argv,
                       plan->envp);
}

/* A text file without "#!" is a script for the shell (POSIX, XCU 2.9.1). */
static int spawn_script(Plan *plan, const char *path)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();

    g_ptr_array_add(argv, (gpointer)SHELL);
    g_ptr_array_add(argv, (gpointer)path);
    for (const char *const *arg = plan->argv + 1; *arg; arg++)
        g_ptr_array_add(argv, (gpointer)*arg);
    g_ptr_array_add(argv, NULL);
    return spawn(plan, SHELL, (const char *const *)argv->pdata);
}

static int attempt(const char *path, gpointer data)
{
    Plan *plan = data;
    int code = spawn(plan, path, plan->argv);
    return code == ENOEXEC ? spawn_script(plan, path) : code;
}

static const char *search_path(char *const *envp)
{
    const char *path = g_environ_getenv((char **)envp, "PATH");
    if (!path)
        path = g_getenv("PATH");
    return path ? path : PATH_DEFAULT;
}

OsProcess *os_process_spawn(const char *const *argv, const char *const *envp, OsProcessFlags flags,
                            GError **error)
{
    g_autoptr(OsProcess) process = g_new0(OsProcess, 1);
    process->ours = (Ends){{-1, -1, -1}};
    g_auto(Ends) childs = {{-1, -1, -1}};
    if (!open_pipes(flags, &process->ours, &childs))
        return failed(error, errno);

    g_auto(Plan) plan = {.argv = argv, .envp = envp ? (char *const *)envp : environ};
    posix_spawn_file_actions_init(&plan.actions);
    posix_spawnattr_init(&plan.attributes);
    int code = make_plan(&plan, &childs, flags);
    if (!code)
        code = os_path_search(argv[0], search_path(plan.envp), attempt, &plan);
    if (code)
        return failed(error, code);
    process->pid = plan.pid;
    return g_steal_pointer(&process);
}

gint64 os_process_pid(const OsProcess *process)
{
    return process->pid;
}

int os_process_take_fd(OsProcess *process, int standard)
{
    return os_fd_steal(&process->ours.fd[standard]);
}

static OsStream *take(OsProcess *process, int standard)
{
    int fd = os_process_take_fd(process, standard);
    return fd >= 0 ? os_stream_from_fd(fd) : NULL;
}

OsStream *os_process_take_stdin(OsProcess *process)
{
    return take(process, STDIN_FILENO);
}

OsStream *os_process_take_stdout(OsProcess *process)
{
    return take(process, STDOUT_FILENO);
}

OsStream *os_process_take_stderr(OsProcess *process)
{
    return take(process, STDERR_FILENO);
}

/* Who started us may have had SIGCHLD ignored: then the kernel throws the end away (ECHILD), and
 * what became of it is not known.  That is no success. */
gboolean os_process_reap(OsProcess *process, OsProcessEnd *end)
{
    siginfo_t info = {0};
    int code = waitid(P_PID, (id_t)process->pid, &info, WEXITED | WNOHANG);

    if (code == 0 && info.si_pid == 0)
        return FALSE;
    process->reaped = TRUE;
    end->signaled = code == 0 && info.si_code != CLD_EXITED;
    end->value = code == 0 ? info.si_status : -1;
    return TRUE;
}

static void reaped(GPid pid, int status, gpointer data)
{
    OsProcess *process = data;
    OsProcessEnd end = {
        .signaled = WIFSIGNALED(status),
        .value = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
    };

    process->reaped = TRUE;
    process->watch = 0;
    process->ended(process, &end, process->data);
}

/* GLib waits by a pidfd where the kernel has them (Linux 5.4), by SIGCHLD elsewhere. */
void os_process_watch(OsProcess *process, OsProcessEnded ended, gpointer data)
{
    process->ended = ended;
    process->data = data;
    process->watch = g_child_watch_add(process->pid, reaped, process);
}

static void nobody_cares(GPid pid, int status, gpointer data)
{
}

void os_process_free(OsProcess *process)
{
    if (!process)
        return;
    g_clear_handle_id(&process->watch, g_source_remove);
    if (process->pid && !process->reaped)
        g_child_watch_add(process->pid, nobody_cares, NULL);
    ends_clear(&process->ours);
    g_free(process);
}
