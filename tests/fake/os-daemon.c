/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-daemon.h"

#include <gio/gio.h>

struct OsDaemon {
    OsDaemonStop stop;
    OsDaemonReopen reopen;
    gpointer data;
};

static FakeDaemon state;

static void free_text(gpointer text)
{
    g_string_free(text, TRUE);
}

static void clear_text(GString **text)
{
    if (*text)
        g_string_free(*text, TRUE);
    *text = g_string_new(NULL);
}

void fake_daemon_reset(void)
{
    FakeDaemon *old = &state;
    clear_text(&old->system_log);
    clear_text(&old->calls);
    g_clear_pointer(&old->log_files, g_hash_table_unref);
    state = (FakeDaemon){
        .defaults = {.method = "virtio-serial",
                     .pid_file = "/run/fake.pid",
                     .state_dir = "/run/fake",
                     .fsfreeze_hook = "/etc/fake-hook"},
        .system_log = old->system_log,
        .calls = old->calls,
        .log_files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_text),
    };
}

FakeDaemon *fake_daemon(void)
{
    if (!state.calls)
        fake_daemon_reset();
    return &state;
}

const OsDefaults *os_daemon_defaults(void)
{
    return &fake_daemon()->defaults;
}

gboolean os_daemon_has_sockets(void)
{
    return fake_daemon()->has_sockets;
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
    g_string_append_printf(fake_daemon()->calls, "prepare %s\n", state_dir);
    return TRUE;
}

gboolean os_daemon_fork(OsDaemon *daemon, GError **error)
{
    g_string_append(fake_daemon()->calls, "fork\n");
    return TRUE;
}

void os_daemon_ready(OsDaemon *daemon)
{
    g_string_append(fake_daemon()->calls, "ready\n");
}

gboolean os_daemon_pid_take(OsDaemon *daemon, const char *path, GError **error)
{
    g_string_append_printf(fake_daemon()->calls, "pid %s\n", path);
    if (!state.pid_failure)
        return TRUE;
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, state.pid_failure);
    return FALSE;
}

void os_daemon_pid_drop(OsDaemon *daemon)
{
    g_string_append(fake_daemon()->calls, "drop\n");
}

void os_daemon_watch(OsDaemon *daemon, OsDaemonStop stop, OsDaemonReopen reopen, gpointer data)
{
    *daemon = (OsDaemon){stop, reopen, data};
}

void fake_daemon_stop(OsDaemon *daemon, const char *why)
{
    daemon->stop(why, daemon->data);
}

void fake_daemon_reopen(OsDaemon *daemon)
{
    daemon->reopen(daemon->data);
}
