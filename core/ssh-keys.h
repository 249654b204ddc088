/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * The text of a file authorized_keys.  It belongs to a user and may be any bytes.  Lines end in LF
 * or CRLF, the last one possibly in neither.  Two lines are the same if they are so without the
 * blanks around them.  Lines that are left alone, whatever they are, keep their bytes and their
 * order.
 */

/* The lines that are neither empty nor comments, in their order, without the blanks around them and
 * as UTF-8.  The elements are char * and the caller's, the array has no free function. */
GPtrArray *va_ssh_keys_list(const char *text, gsize length);

/* @text with those of @keys (char *, one line each) at its end that are not there yet.  What is
 * added, and the line before it, ends in LF. */
GString *va_ssh_keys_add(const char *text, gsize length, const GPtrArray *keys);

/* @text without the lines that are among @keys, however often they occur. */
GString *va_ssh_keys_remove(const char *text, gsize length, const GPtrArray *keys);
