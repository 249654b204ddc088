/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* The agent as a process of its system: background, pid file, stop requests, memory. */

typedef void (*OsDaemonStop)(const char *why, gpointer data); /* @why: "SIGTERM", "service stop" */
typedef void (*OsDaemonReopen)(gpointer data);

/* First thing in main(): blocks what must not kill us (SIGPIPE), closes what we should not have
 * inherited from being inherited further, sets the allocator to give large memory back. */
void os_daemon_init(void);

/* Goes to the background: the caller's process waits until the child calls os_daemon_ready() and
 * then exits 0, or exits 1 when the child ends before; the child's stderr stays open until then, so
 * that its error reaches the caller.  Returns in the child only, in a session of its own.  Must be
 * called before any thread exists and before relative paths have been resolved by the caller. */
gboolean os_daemon_fork(GError **error);

/* Start-up is done: releases the waiting parent (if there is one) and lets go of the terminal and
 * of the working directory.  Tells a service manager (sd_notify(3)) too. */
void os_daemon_ready(void);

/* Writes our process number to @path (0600), locked for as long as we live: "cannot lock pid file
 * '...': ..." if another process has it.  Call it in the child.  Removed by os_daemon_pid_drop().
 */
gboolean os_daemon_pid_take(const char *path, GError **error);
void os_daemon_pid_drop(void);

/* From the default main context: @stop for a request to end (SIGTERM, SIGINT, service stop),
 * @reopen for SIGHUP.  Either may come more than once. */
void os_daemon_watch(OsDaemonStop stop, OsDaemonReopen reopen, gpointer data);
