/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <sys/types.h>

/* Work done in the name of a user, on files that the user may have laid out as a trap. */

typedef struct {
    uid_t uid;
    gid_t gid;
    gid_t *groups; /* all the user is in */
    gsize n_groups;
} OsAsUser;

/* What is done: in a child of a threaded process, so it calls nothing but what is
 * async-signal-safe (signal-safety(7)): no malloc, no GLib that needs it. */
typedef void (*OsAsUserWork)(gpointer data);

/*
 * Runs @work on the @size bytes at @data in a child process with the rights of @who and nothing
 * else: no capability, no descriptor of the agent's but the standard ones, no signal but SIGKILL
 * and SIGSTOP, and no memory that the user could look into (the kernel sees to that when a process
 * changes its user id: prctl(2), PR_SET_DUMPABLE).  The child works on a copy of @data; what it
 * made of it is copied back.
 *
 * Only root can become somebody else.  FALSE, and @data is as it was: "cannot act as user 1000: OS
 * text"; G_IO_ERROR_TIMED_OUT if it took longer than @milliseconds, when it is killed, and left
 * behind if even that has to wait: "no answer within 20000 ms".  Any thread; needs the default main
 * context to clear up afterwards, but does not wait for it.
 */
gboolean os_as_user(const OsAsUser *who, OsAsUserWork work, gpointer data, gsize size,
                    guint milliseconds, GError **error);
