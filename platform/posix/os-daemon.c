/* SPDX-License-Identifier: Apache-2.0 */
#include "os-daemon.h"

#include "os-daemon-pid.h"
#include "os-daemon-set-up.h"
#include "os-error.h"
#include "os-fd.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define WATCHES_MAX 3

struct OsDaemon {
    OsFd parent;   /* a pipe to the waiting parent; -1: there is none */
    char *manager; /* $NOTIFY_SOCKET, NULL: nobody to tell */
    OsPidFile *pid_file;
    guint watches[WATCHES_MAX];
    OsDaemonStop stop;
    OsDaemonReopen reopen;
    gpointer data;
};

const OsDefaults *os_daemon_defaults(void)
{
    static const OsDefaults defaults = {
        .config_files = {"/etc/virtagent/virtagent.conf", "/etc/qemu/qemu-ga.conf"},
        .method = "virtio-serial",
        /* The name and the lock of qemu-ga's: two daemons would steal each other's requests. */
        .pid_file = "/run/qemu-ga.pid",
        .state_dir = "/run",
        .fsfreeze_hook = "/etc/qemu/fsfreeze-hook",
        .fsfreeze_hooks_dir = "/etc/virtagent/hooks.d",
    };
    return &defaults;
}

gboolean os_daemon_has_sockets(void)
{
    const char *pid = g_getenv("LISTEN_PID");
    const char *count = g_getenv("LISTEN_FDS");
    return pid && count && g_ascii_strtoll(pid, NULL, 10) == getpid() &&
           g_ascii_strtoll(count, NULL, 10) > 0;
}

OsDaemon *os_daemon_new(void)
{
    OsDaemon *daemon = g_new0(OsDaemon, 1);
    daemon->parent = -1;
    os_daemon_set_up();

    /* Programs run for the host must not be able to speak for us. */
    daemon->manager = g_strdup(g_getenv("NOTIFY_SOCKET"));
    g_unsetenv("NOTIFY_SOCKET");
    return daemon;
}

void os_daemon_free(OsDaemon *daemon)
{
    if (!daemon)
        return;
    for (guint i = 0; i < WATCHES_MAX; i++)
        if (daemon->watches[i])
            g_source_remove(daemon->watches[i]);
    os_daemon_pid_drop(daemon);
    os_fd_close(daemon->parent);
    g_free(daemon->manager);
    g_free(daemon);
}

gboolean os_daemon_secure(GError **error)
{
    return TRUE;
}

gboolean os_daemon_prepare(OsDaemon *daemon, const char *state_dir, GError **error)
{
    return TRUE;
}

/* The parent: one byte says that all is well, the end of the pipe that the child is no more. */
static G_GNUC_NORETURN void wait_for_child(pid_t child, int ready)
{
    char byte;
    ssize_t got;
    do {
        got = read(ready, &byte, 1);
    } while (got < 0 && errno == EINTR);
    if (got == 1)
        _exit(EXIT_SUCCESS);

    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    if (WIFSIGNALED(status))
        dprintf(STDERR_FILENO, "virtagent: killed by signal %d during start-up\n",
                WTERMSIG(status));
    _exit(EXIT_FAILURE);
}

gboolean os_daemon_fork(OsDaemon *daemon, GError **error)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return os_error(error, "failed to create a pipe");
    g_auto(OsFd) ready = ends[0];
    g_auto(OsFd) parent = ends[1];

    pid_t child = fork();
    if (child < 0)
        return os_error(error, "failed to create the background process");
    if (child > 0) {
        os_fd_close(os_fd_steal(&parent));
        wait_for_child(child, ready);
    }
    setsid();
    daemon->parent = os_fd_steal(&parent);
    return TRUE;
}

static void let_go_of_terminal(void)
{
    g_auto(OsFd) null = open("/dev/null", O_RDWR | O_NOCTTY | O_CLOEXEC);
    for (int fd = 0; null >= 0 && fd <= 2; fd++)
        dup2(null, fd);
    if (chdir("/") < 0)
        g_debug("cannot change to the root directory");
}

/* The protocol of sd_notify(3): a datagram to a unix socket whose name begins with '/', or with '@'
 * for the abstract name space. */
static void tell_manager(const char *name, const char *state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    gsize length = strlen(name);
    if ((*name != '/' && *name != '@') || length >= sizeof address.sun_path)
        return;
    memcpy(address.sun_path, name, length);
    if (*name == '@')
        address.sun_path[0] = '\0';

    g_auto(OsFd) fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    if (fd < 0 ||
        sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address, size) < 0)
        g_debug("cannot tell the service manager: %s", g_strerror(errno));
}

void os_daemon_ready(OsDaemon *daemon)
{
    if (daemon->manager)
        tell_manager(daemon->manager, "READY=1");
    g_clear_pointer(&daemon->manager, g_free);
    if (daemon->parent < 0)
        return;
    let_go_of_terminal();
    if (write(daemon->parent, "", 1) < 0)
        g_debug("nobody waits for the start-up any more");
    os_fd_close(os_fd_steal(&daemon->parent));
}

gboolean os_daemon_pid_take(OsDaemon *daemon, const char *path, GError **error)
{
    OsPidFile *file = os_pid_file_take(path, error);
    if (!file)
        return FALSE;
    os_daemon_pid_drop(daemon);
    daemon->pid_file = file;
    return TRUE;
}

void os_daemon_pid_drop(OsDaemon *daemon)
{
    g_clear_pointer(&daemon->pid_file, os_pid_file_drop);
}

static gboolean on_term(gpointer data)
{
    OsDaemon *daemon = data;
    daemon->stop("SIGTERM", daemon->data);
    return G_SOURCE_CONTINUE;
}

static gboolean on_int(gpointer data)
{
    OsDaemon *daemon = data;
    daemon->stop("SIGINT", daemon->data);
    return G_SOURCE_CONTINUE;
}

static gboolean on_hup(gpointer data)
{
    OsDaemon *daemon = data;
    daemon->reopen(daemon->data);
    return G_SOURCE_CONTINUE;
}

void os_daemon_watch(OsDaemon *daemon, OsDaemonStop stop, OsDaemonReopen reopen, gpointer data)
{
    g_return_if_fail(daemon->watches[0] == 0);
    daemon->stop = stop;
    daemon->reopen = reopen;
    daemon->data = data;
    daemon->watches[0] = g_unix_signal_add(SIGTERM, on_term, daemon);
    daemon->watches[1] = g_unix_signal_add(SIGINT, on_int, daemon);
    daemon->watches[2] = g_unix_signal_add(SIGHUP, on_hup, daemon);
}
