/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* Base64 (RFC 4648, section 4), several times faster than GLib's. */

#define VA_BASE64_LENGTH(n) (((n) + 2) / 3 * 4) /* characters for n bytes */

/* Writes VA_BASE64_LENGTH(size) characters to @out, no NUL. */
void va_base64_encode(const guint8 *in, gsize size, char *out);

/* Decodes @length characters of @text to @out, which has room for length / 4 * 3 bytes and may be
 * @text itself.  FALSE, and @out is garbage, if it is not strict base64 (see va_document_bytes());
 * *size is the number of bytes. */
gboolean va_base64_decode(const char *text, gsize length, guint8 *out, gsize *size);
