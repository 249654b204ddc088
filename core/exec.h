/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "exec-table.h"

/*
 * One program: what is fed to it, what it says, how it ends.  Between exec.c, which follows the
 * program, and exec-table.c, which keeps the books of all.
 */

#define VA_EXEC_OUTPUT_MAX (16u * 1024 * 1024) /* kept per stream; more is read and dropped */

/* Milliseconds for which the output of a program that has ended is still waited for, if a
 * descendant holds its pipe: what was written before the end is in the pipe by then. */
#define VA_EXEC_GRACE 100u

typedef struct {
    /* How many of @wanted bytes of output may be kept; those are counted from now on. */
    gsize (*room)(gsize wanted, gpointer data);
    /* So many bytes of input need not be kept any more. */
    void (*input_gone)(gsize size, gpointer data);
    /* The program has ended and its output is complete.  The callee may free @exec. */
    void (*settled)(VaExec *exec, gpointer data);
    /* @stream, the callee's from here on, is still held by a descendant of the program. */
    void (*leftover)(OsStream *stream, gpointer data);
} VaExecEvents;

VaExec *va_exec_new(GBytes *input, OsProcessFlags flags, const VaExecEvents *events, gpointer data);
void va_exec_free(VaExec *exec);

/* Starts to follow the program that was spawned. */
void va_exec_follow(VaExec *exec);

/* Output kept, in bytes. */
gsize va_exec_kept(const VaExec *exec);

/* Hands over the result of a program that has settled. */
void va_exec_take_result(VaExec *exec, VaExecResult *result);
