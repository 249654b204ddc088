/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fake-stream.h"
#include "os-process.h"

/*
 * Programs that do what the test says.  A FakeProcess outlives its OsProcess, until
 * fake_processes_reset().  Its streams say nothing by themselves and take everything.
 */
typedef struct FakeProcess FakeProcess;

/* The one spawned last; NULL if none was. */
FakeProcess *fake_process_last(void);

/* How it was spawned; envp is NULL if inherited. */
const char *const *fake_process_argv(const FakeProcess *process);
const char *const *fake_process_envp(const FakeProcess *process);
OsProcessFlags fake_process_flags(const FakeProcess *process);
gint64 fake_process_pid(const FakeProcess *process);

/* The pipe to its standard input (0), output (1) or error (2). */
FakeStream *fake_process_stream(FakeProcess *process, guint standard);

/* Ends it: the watcher is called.  To be called once, while it is watched. */
void fake_process_exit(FakeProcess *process, gint64 code);
void fake_process_kill(FakeProcess *process, gint64 signal);

gboolean fake_process_is_watched(const FakeProcess *process);
gboolean fake_process_is_freed(const FakeProcess *process);

/* The next spawn fails, saying @text. */
void fake_processes_fail_next(const char *text);

/* The number of the next process, those after it count on; 1 at first. */
void fake_processes_set_next_pid(gint64 pid);

/* Forgets all; every OsProcess must have been freed. */
void fake_processes_reset(void);
