/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * What can go wrong, as GError codes; each has an exit code.  Errors of other domains (GIO's) come
 * from local files.
 */
typedef enum {
    FAILURE_USAGE,         /* the command line makes no sense */
    FAILURE_LOCAL,         /* a file or stream of this machine */
    FAILURE_UNREAD,        /* nobody reads our output any more: no reason for a message */
    FAILURE_AGENT,         /* the agent answered with an error: "guest-xyz: its words" */
    FAILURE_AGENT_UNKNOWN, /* the same, class CommandNotFound: not there or not allowed */
    FAILURE_CONNECT,       /* there is no connection */
    FAILURE_CLOSED,        /* the agent hung up */
    FAILURE_TIMEOUT,       /* no complete reply in time */
    FAILURE_PROTOCOL,      /* a reply that is too long, no JSON, or contradicts itself */
    FAILURE_INTERRUPTED,   /* Ctrl-C and the like; see interrupt.h */
} FailureCode;

typedef enum {
    EXIT_DONE = 0,
    EXIT_REFUSED = 1, /* the agent or this machine's files said no */
    EXIT_USAGE = 2,
    EXIT_TROUBLE = 125,        /* no or no sound connection; exec: every failure that is ours */
    EXIT_NOT_EXECUTABLE = 126, /* exec only, as env(1) does */
    EXIT_NOT_FOUND = 127,
    EXIT_SIGNAL = 128, /* plus the number of the signal */
    EXIT_UNREAD = 141, /* as if by SIGPIPE (13 on every system that has it) */
} ExitCode;

#define FAILURE (failure_quark())
GQuark failure_quark(void);

/* Sets *error; always FALSE. */
gboolean failure_set(GError **error, FailureCode code, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* The exit code that tells of @error. */
int failure_exit_code(const GError *error);

/* What the OS says of @error, one of GIO's: they put words about the file in front, with a name
 * that may mean nothing to the user. */
const char *failure_reason(const GError *error);

/* "guestctl: MESSAGE" on standard error, with everything that a terminal would act on escaped:
 * messages hold the guest's words.  FAILURE_UNREAD prints nothing. */
void failure_print(const GError *error);
