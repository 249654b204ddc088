/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <wchar.h>

/* The name @path for CreateFileW() and the like: absolute, with backslashes, without the length
 * limit of 260 units.  What Windows makes of a name stays: trailing dots and spaces are dropped,
 * NUL and CON are devices; names that begin with \\?\ or \\.\ are taken as they are.  NULL and
 * *error, the reason alone, if it is no name.  Free with g_free(). */
wchar_t *os_file_path(const char *path, GError **error);

/* The same of UTF-16. */
wchar_t *os_file_path_wide(const wchar_t *path, GError **error);
