/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* A key as the host gives it: one line of authorized_keys (sshd(8), AUTHORIZED_KEYS FILE FORMAT).
 */

#define VA_SSH_KEY_MAX 16384u /* bytes; an RSA key of 16384 bits has 2800 */

/* TRUE if it can be a line that means a key: there is something in it, no line end and no NUL, and
 * it begins neither with a blank nor as a comment.  What is in a file already need not be more. */
gboolean va_ssh_key_is_line(const char *key);

/* TRUE if it is a line "[options] type base64 [comment]" without control characters, and the base64
 * holds a public key of that very type (RFC 4253, section 6.6).  Types are not limited to those
 * known today: that is for the guest's sshd to judge. */
gboolean va_ssh_key_is_public(const char *key);
