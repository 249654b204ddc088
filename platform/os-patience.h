/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* Questions to the kernel that may never be answered: a dead network mount, a stopped FUSE server.
 */

/* Questions that may be unanswered at a time, in the whole process; then nothing more is asked. */
#define OS_PATIENCE_MAX 16u

typedef void (*OsAsk)(gpointer data);

/* Runs @ask(@data) on a thread of its own and waits at most @milliseconds.  TRUE: it has returned,
 * @data is the caller's still.  FALSE: it has not, or must not be begun; it may go on by itself,
 * and @data, which nobody but @ask may touch from here on, is freed with @destroy at its end. */
gboolean os_patience(OsAsk ask, gpointer data, GDestroyNotify destroy, guint milliseconds);

/* The same about something that has a name ("statvfs /mnt"): while an earlier question about
 * @subject is unanswered, no other is asked, and FALSE comes at once.  So what is dead costs one
 * thread and one wait, however often somebody wants to know. */
gboolean os_patience_about(const char *subject, OsAsk ask, gpointer data, GDestroyNotify destroy,
                           guint milliseconds);
