/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <wchar.h>

/*
 * Windows hands a program one text and leaves it to the program to find its arguments in there.
 * NULL and *error, the reason alone, if they cannot be told so that they arrive as given.  Free
 * with g_free().
 */

/* For programs that take it apart as CommandLineToArgvW() and the C runtime do. */
wchar_t *os_command_line(const char *const *argv, GError **error);

/* For cmd.exe in @interpreter, to run the batch file @script (both full paths) with the arguments
 * behind @argv[0].  Refused is what would have a meaning of its own to it (CVE-2024-24576): quotes,
 * percent signs and control characters. */
wchar_t *os_command_line_batch(const wchar_t *interpreter, const wchar_t *script,
                               const char *const *argv, GError **error);
