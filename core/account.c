/* SPDX-License-Identifier: Apache-2.0 */
#include "account.h"

#include <string.h>

/* How the wire has U+0000 inside a string (utf8.h); in no other character is this byte. */
#define NUL_LEAD 0xc0

static gboolean is_control(guint8 byte)
{
    return byte < 0x20 || byte == 0x7f;
}

gboolean va_account_name_allowed(const char *name)
{
    gsize length = strnlen(name, VA_ACCOUNT_NAME_MAX + 1);

    if (length == 0 || length > VA_ACCOUNT_NAME_MAX || *name == '-')
        return FALSE;
    for (const guint8 *byte = (const guint8 *)name; *byte; byte++)
        if (is_control(*byte) || *byte == ':' || *byte == NUL_LEAD)
            return FALSE;
    return TRUE;
}

gboolean va_account_password_allowed(const guint8 *password, gsize size, gboolean crypted)
{
    for (gsize i = 0; i < size; i++)
        if (is_control(password[i]) || (crypted && password[i] == ':'))
            return FALSE;
    return TRUE;
}
