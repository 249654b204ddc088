/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-stream.h"

/*
 * Programs run for the host.  A child has a session (process group, job) of its own, the agent's
 * working directory, default signal handling, no descriptor but the three standard ones, and lives
 * on when the agent ends or is upgraded.
 */
typedef struct OsProcess OsProcess;

typedef enum {
    OS_PROCESS_STDIN = 1 << 0,  /* a pipe; otherwise the null device */
    OS_PROCESS_STDOUT = 1 << 1, /* a pipe; otherwise the null device */
    OS_PROCESS_STDERR = 1 << 2,
    OS_PROCESS_MERGE = 1 << 3, /* with STDOUT: standard error goes into the same pipe, in order */
} OsProcessFlags;

typedef struct {
    gboolean signaled; /* ended by a signal (Windows: an unhandled exception) */
    gint64 value;      /* exit code, or the signal's number */
} OsProcessEnd;

typedef void (*OsProcessEnded)(OsProcess *process, const OsProcessEnd *end, gpointer data);

/* Starts @argv[0], found along PATH (that of @envp if it has one, else the agent's) unless it holds
 * a directory separator; a script without an interpreter line is given to the shell.  @envp NULL
 * inherits the agent's environment, otherwise it is the whole of it.  Returns once the program has
 * been loaded or could not be; may block meanwhile, so it runs on a lane.  On failure the message
 * is the OS text alone ("No such file or directory"). */
OsProcess *os_process_spawn(const char *const *argv, const char *const *envp, OsProcessFlags flags,
                            GError **error);

/* The OS's number of the process.  No other process gets it before the end has been reported. */
gint64 os_process_pid(const OsProcess *process);

/* Our ends of the pipes; NULL if not asked for or taken already.  The caller owns them.  To be
 * called, like os_process_watch(), on the main thread. */
OsStream *os_process_take_stdin(OsProcess *process);
OsStream *os_process_take_stdout(OsProcess *process);
OsStream *os_process_take_stderr(OsProcess *process);

/* Calls @ended once, from the default main context, when the process itself has ended (its
 * descendants may go on).  It may have ended already. */
void os_process_watch(OsProcess *process, OsProcessEnded ended, gpointer data);

/* Lets go of it; the process runs on and is reaped when it ends.  NULL is fine. */
void os_process_free(OsProcess *process);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OsProcess, os_process_free)
