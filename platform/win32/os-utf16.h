/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <wchar.h>

/* The edge between UTF-8, which everything above the back end speaks, and the UTF-16 of Windows. */

/* NUL-terminated UTF-16 of @text; free with g_free().  NULL and G_IO_ERROR_INVALID_ARGUMENT, "...
 * is not valid UTF-8", if it is not. */
wchar_t *os_utf16(const char *text, GError **error);

/* UTF-8 of @text; an unpaired surrogate becomes U+FFFD.  NULL of NULL; free with g_free(). */
char *os_utf8(const wchar_t *text);

/* The same of the first @length units, which need no NUL after them. */
char *os_utf8_n(const wchar_t *text, gsize length);
