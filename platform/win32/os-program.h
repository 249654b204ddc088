/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <wchar.h>

/* What to hand to CreateProcessW(). */
typedef struct {
    wchar_t *path; /* full */
    wchar_t *line; /* command line */
} OsProgram;

/* Finds the program @argv[0] and words its command line.  A name with a directory (or a drive) is
 * taken as it is, or with one of the endings of PATHEXT; one without is looked for along PATH, with
 * these endings unless it has one, but never in the working directory.  PATH and PATHEXT are those
 * of @envp, else the agent's.  .com, .exe and what has no such ending is run as it is, .bat and
 * .cmd by the system's cmd.exe.  FALSE and *error, the reason alone, if that is not possible. Clear
 * with os_program_clear(). */
gboolean os_program_find(const char *const *argv, const char *const *envp, OsProgram *program,
                         GError **error);

void os_program_clear(OsProgram *program);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OsProgram, os_program_clear)
