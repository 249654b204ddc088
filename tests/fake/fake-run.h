/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fake-info.h"
#include "os-run.h"

/*
 * Helper programs that do what the test says.  One that nothing is said about succeeds silently.
 * Each run is a line in fake_info()->calls: "os_run /path/program argument <12 bytes>", the last
 * word only if it was given input; fake_info()->failure makes a start fail.
 */
typedef struct {
    gint64 status; /* exit status, or the signal's number */
    gboolean signaled;
    gboolean timed_out;
    const char *output;  /* NULL: none; of it the last output_last bytes arrive */
    const char *failure; /* not NULL: it cannot be started, for this reason */
} FakeRun;

/* What @command does from now on: a program, or a whole command line with blanks between, which
 * counts more.  The strings are copied; @outcome NULL: succeeds again. */
void fake_run_set(const char *command, const FakeRun *outcome);

/* What the last run was given: NULL if nothing or no input, no run. */
GBytes *fake_run_input(void);
guint fake_run_time_limit(void);
const char *const *fake_run_envp(void);

/* Called in the midst of each run, if not NULL: to look around, or to change what comes next. */
typedef void (*FakeRunSeen)(const OsRun *run, gpointer data);
void fake_run_watch(FakeRunSeen seen, gpointer data);

/* Forgets all. */
void fake_run_reset(void);
