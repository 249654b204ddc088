/* SPDX-License-Identifier: Apache-2.0 */
#include "os-daemon.h"
#include "none.h"

struct OsDaemon {
    char unused;
};

/* No method, so that a user has to name one, and learns that there is none. */
const OsDefaults *os_daemon_defaults(void)
{
    static const OsDefaults defaults = {.method = "", .pid_file = "", .state_dir = ""};
    return &defaults;
}

gboolean os_daemon_has_sockets(void)
{
    return FALSE;
}

OsDaemon *os_daemon_new(void)
{
    return g_new0(OsDaemon, 1);
}

void os_daemon_free(OsDaemon *daemon)
{
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

gboolean os_daemon_fork(OsDaemon *daemon, GError **error)
{
    return none_fail(error);
}

void os_daemon_ready(OsDaemon *daemon)
{
}

gboolean os_daemon_pid_take(OsDaemon *daemon, const char *path, GError **error)
{
    return none_fail(error);
}

void os_daemon_pid_drop(OsDaemon *daemon)
{
}

void os_daemon_watch(OsDaemon *daemon, OsDaemonStop stop, OsDaemonReopen reopen, gpointer data)
{
}
