/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* The inside of a JSON string, between its quotes. */

/* How many of @length bytes at @text go on with a string in @quote: up to the quote, a backslash, a
 * control character, 0xFE or 0xFF.  Runs at the speed of memory.  Adds the bits of what it passed
 * to *bits, so that 0x80 in it says "not all ASCII". */
gsize va_json_string_scan(const char *text, gsize length, char quote, guint8 *bits);

/* Replaces the escapes in @text, whose @length bytes are followed by the closing quote.  FALSE, and
 * *error naming the escape, if one is invalid; then @text is garbage. */
gboolean va_json_string_unescape(char *text, gsize *length, GError **error);

/* Of @token at most VA_SHOWN_MAX bytes, its end, fit for an error text: what is not UTF-8 shows as
 * U+FFFD. */
#define VA_SHOWN_MAX 64u
char *va_json_shown(const char *token, gsize length);
