/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* The agent as a process of its system: its places, background, pid file, stop requests, memory. */

/* Where the agent's things are on this system, unless configured otherwise.  Constant. */
typedef struct {
    const char *config_files[3]; /* the first that exists is read; NULL ends */
    const char *method;          /* of os_channel_methods() */
    const char *pid_file;        /* NULL: none is written here */
    const char *state_dir;
    const char *fsfreeze_hook; /* what --fsfreeze-hook means without a path */
    const char *fsfreeze_hooks_dir;
} OsDefaults;

const OsDefaults *os_daemon_defaults(void);

/* TRUE if the service manager handed sockets over (see os_channel_activated()). */
gboolean os_daemon_has_sockets(void);

/* The process.  There is one; all of this is for the main thread. */
typedef struct OsDaemon OsDaemon;

typedef void (*OsDaemonStop)(const char *why, gpointer data); /* @why: "SIGTERM", "service stop" */
typedef void (*OsDaemonReopen)(gpointer data);

/* First thing in main(): ignores what must not kill us (SIGPIPE), closes what we should not have
 * inherited from being inherited further, sets the allocator to give large memory back. */
OsDaemon *os_daemon_new(void);

/* Drops the pid file and the watches.  Windows: tells the service manager that the service has
 * ended: well, if @stop was called (see os_daemon_watch()), else as a failure.  NULL is fine. */
void os_daemon_free(OsDaemon *daemon);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OsDaemon, os_daemon_free)

/* Before the configuration is read: that others have no say in the places of the defaults.  POSIX:
 * nothing to do, only root writes where they are.  Windows, where any user may make a directory in
 * the one for all programs: an agent with an administrator's rights makes its own if it is missing,
 * for the system and the administrators only; an error if it belongs to somebody else; if others
 * may write there, that is taken from them. */
gboolean os_daemon_secure(GError **error);

/* Before the state is read: POSIX: nothing, @state_dir must exist.  Windows: it is made if it is
 * missing, with its parents, for the system and the administrators only; an error if it belongs to
 * somebody else. */
gboolean os_daemon_prepare(OsDaemon *daemon, const char *state_dir, GError **error);

/* Goes to the background: the caller's process waits until the child calls os_daemon_ready() and
 * then exits 0, or exits 1 when the child ends before; the child's stderr stays open until then, so
 * that its error reaches the caller.  Returns in the child only, in a session of its own.  Must be
 * called before any thread exists (so before os_daemon_watch(), which makes GLib start one).
 * Windows: answers the service manager, in the same process; an error if that did not start us. */
gboolean os_daemon_fork(OsDaemon *daemon, GError **error);

/* Start-up is done.  After os_daemon_fork(): releases the waiting parent and lets go of the
 * terminal and of the working directory, so relative paths must have been resolved before.  In any
 * case: tells a service manager that waits for it (sd_notify(3)). */
void os_daemon_ready(OsDaemon *daemon);

/* Writes our process number to @path (0600), locked for as long as we live: "cannot lock pid file
 * '...': ..." if another process has it.  Call it in the child.  Removed by os_daemon_pid_drop().
 * Windows: does nothing, the service manager knows the number. */
gboolean os_daemon_pid_take(OsDaemon *daemon, const char *path, GError **error);
void os_daemon_pid_drop(OsDaemon *daemon);

/* From the default main context: @stop for a request to end (SIGTERM, SIGINT, service stop),
 * @reopen for SIGHUP (Windows: the service control "parameter change").  Either may come more than
 * once. */
void os_daemon_watch(OsDaemon *daemon, OsDaemonStop stop, OsDaemonReopen reopen, gpointer data);
