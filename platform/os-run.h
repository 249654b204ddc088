/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-process.h"

/*
 * Helper programs run to their end: hooks, chpasswd, /sbin/shutdown.  Never by a shell.  Blocks, so
 * it runs on a lane; any thread will do, several at a time too.
 */

/* Milliseconds between the request to end, sent to the program and all of its group when its time
 * is over, and the order to; and those that are then still granted before it is left behind.
 * Windows knows no request: the order comes at once. */
#define OS_RUN_GRACE 2000u

typedef struct {
    const char *const *argv; /* argv[0] is found as by os_process_spawn() */
    const char *const *envp; /* NULL inherits; otherwise it is the whole environment */
    const void *input;       /* goes to its standard input, which is closed then; may be NULL */
    gsize input_size;
    guint time_limit;  /* milliseconds; 0: none */
    gsize output_last; /* of what it says, so many of the last bytes are kept */
} OsRun;

typedef struct {
    gboolean timed_out; /* it was stopped, or left behind if it could not be; .end says nothing */
    OsProcessEnd end;
    char *output; /* standard output and error in one, any bytes but NUL; never NULL */
} OsRunResult;

/* Runs @run to its end, or to that of its time.  A descendant that keeps its output open is not
 * waited for.  TRUE says that it ran, not that it succeeded.  FALSE: it could not be started; the
 * message is "failed to execute 'PROGRAM': OS text".  Clear *result with os_run_result_clear(). */
gboolean os_run(const OsRun *run, OsRunResult *result, GError **error);

/* TRUE if it ended by itself with exit status 0. */
gboolean os_run_succeeded(const OsRunResult *result);

/* What became of it: "exit status 1", "signal 9", "no end within 60 s" (of @run), and the last
 * lines of its output after ": " if there are any, fit for an error: valid UTF-8 on one line.  Free
 * with g_free(). */
char *os_run_describe(const OsRun *run, const OsRunResult *result);

void os_run_result_clear(OsRunResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OsRunResult, os_run_result_clear)
