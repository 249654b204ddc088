/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <windows.h>

#include "os-program.h"

/* What CreateProcessW() is to be told. */
typedef struct {
    const OsProgram *program;
    wchar_t *environment; /* NULL: inherited */
    HANDLE standard[3];   /* inheritable; two may be the same.  The program gets no others. */
    HANDLE job;           /* NULL: none, and not the agent's either */
} OsProcessStart;

/* The handle of the new process; NULL with *code, a Windows error.  The caller owns it. */
HANDLE os_process_start(const OsProcessStart *start, DWORD *code);
