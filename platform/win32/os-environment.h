/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <wchar.h>

/* @envp as CreateProcessW() wants it: UTF-16, sorted by name without regard to case, each entry
 * and the whole ended by a NUL.  Of several with one name the last counts.  SystemRoot is added if
 * it is missing: without it hardly a program can load its libraries.  NULL and *error if an entry
 * has no "=".  Free with g_free(). */
wchar_t *os_environment_block(const char *const *envp, GError **error);

/* Value of @name (in any case) in @envp, or in the agent's environment if @envp is NULL or does not
 * have it.  NULL if there is none; free with g_free(). */
char *os_environment_look_up(const char *const *envp, const char *name);
