/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <windows.h>

/*
 * What wakes a main context when an overlapped operation of its thread has ended: one auto-reset
 * event for all of them, put into each OVERLAPPED.
 *
 * An event per operation would do for 63 of them: WaitForMultipleObjects() takes 64 handles, and
 * GLib's g_poll() starts threads and polls from there on.  A completion port would need a thread of
 * its own and two switches per operation.  So the event only says that something has ended; which
 * one is found by looking at OVERLAPPED.Internal of each (HasOverlappedIoCompleted()), some
 * nanoseconds per operation.
 *
 * The start of an operation clears its event, so one that ended meanwhile may leave no trace in it.
 * Nothing is missed as long as
 * - every user has a source whose prepare and check look at its operations, and
 * - operations are started while sources are dispatched, never in prepare or check.
 */
typedef struct OsCompletion OsCompletion;

/* That of the calling thread's default main context; to be let go of on the same thread. */
OsCompletion *os_completion_get(void);
HANDLE os_completion_event(OsCompletion *completion);
void os_completion_put(OsCompletion *completion);

/* Readies @over for its next operation. */
void os_completion_arm(OsCompletion *completion, OVERLAPPED *over);
