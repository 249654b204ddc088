/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-process.h"

/* The programs the host has started, by process number, with the output kept for it.  Belongs to
 * the main thread. */
typedef struct VaExecTable VaExecTable;
typedef struct VaExec VaExec;

#define VA_EXEC_RECORDS_MAX 1024u               /* kept in all; the oldest uncollected goes first */
#define VA_EXEC_BYTES_MAX   (64u * 1024 * 1024) /* output kept in all, the same way */
#define VA_EXEC_INPUT_MAX   (64u * 1024 * 1024) /* input that programs have still to read */
#define VA_EXEC_AGE_MAX     3600u               /* seconds until an uncollected result goes */

/* Pipes kept open for descendants of programs that have ended. */
#define VA_EXEC_LEFTOVERS_MAX 64u

VaExecTable *va_exec_table_new(void);

/* Lets go of the programs; they run on, but their pipes break. */
void va_exec_table_free(VaExecTable *table);

/* Room for a program that reads @input (NULL: nothing, from the null device) and whose output is
 * caught as @flags say.  To be spawned, then handed to va_exec_table_add() or
 * va_exec_table_cancel().  NULL and *error if too much is running or waiting to be read. */
VaExec *va_exec_table_reserve(VaExecTable *table, GBytes *input, OsProcessFlags flags,
                              GError **error);

/* Starts the program; on a lane.  Error: as os_process_spawn(). */
gboolean va_exec_spawn(VaExec *exec, const char *const *argv, const char *const *envp,
                       GError **error);

/* The process number, once spawned. */
gint64 va_exec_pid(const VaExec *exec);

/* Takes the spawned program, feeds it and keeps what it says.  A record left from an earlier
 * program of the same number is dropped. */
void va_exec_table_add(VaExecTable *table, VaExec *exec);

/* Takes back a reservation that came to nothing. */
void va_exec_table_cancel(VaExecTable *table, VaExec *exec);

typedef struct {
    gboolean exited; /* the rest is set only if it has */
    OsProcessEnd end;
    GBytes *out; /* the caller's; NULL if there was no output */
    GBytes *err;
    gboolean out_truncated; /* there was more */
    gboolean err_truncated;
} VaExecResult;

/* Milliseconds that a poll waits for the end of a program that runs.  Whoever polls without a pause
 * would otherwise take the processor from the very program it waits for. */
#define VA_EXEC_PATIENCE 2u

typedef void (*VaExecWake)(gpointer data);

/* If @pid is running: TRUE, and @wake is called when it has ended or VA_EXEC_PATIENCE is over.
 * FALSE if va_exec_table_collect() has an answer already. */
gboolean va_exec_table_wait(VaExecTable *table, gint64 pid, VaExecWake wake, gpointer data);

/* How the program @pid is doing; once it has exited the record is gone with this answer.
 * Error: "PID 123 does not exist" */
gboolean va_exec_table_collect(VaExecTable *table, gint64 pid, VaExecResult *result,
                               GError **error);

/* Drops results that were ready before @now - VA_EXEC_AGE_MAX seconds; @now as by
 * g_get_monotonic_time().  The table does this by itself. */
void va_exec_table_expire(VaExecTable *table, gint64 now);
