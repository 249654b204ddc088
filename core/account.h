/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* What the host may give as the name of an account, and as its password. */

#define VA_ACCOUNT_NAME_MAX     255u  /* bytes: LOGIN_NAME_MAX of Linux, less the NUL */
#define VA_ACCOUNT_PASSWORD_MAX 4096u /* bytes; PAM takes 512, chpasswd(8) lines of 8 KiB */

/* FALSE for what no account is called, and what a program or a database could take for something
 * else than a name: empty or too long, with a control character or a colon in it, or with a hyphen
 * in front. */
gboolean va_account_name_allowed(const char *name);

/* FALSE if a control character is in it, which nobody could type, or in a @crypted one a colon.
 * The bytes need not be UTF-8. */
gboolean va_account_password_allowed(const guint8 *password, gsize size, gboolean crypted);
