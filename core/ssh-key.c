/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh-key.h"

#include "base64.h"

#include <string.h>

#define BLANKS "\t "

/* How the wire has U+0000 inside a string (utf8.h); in no other character is this byte. */
#define NUL_LEAD '\xc0'

/* What is left of a blob, or one field of it. */
typedef struct {
    const guint8 *at;
    gsize size;
} Blob;

gboolean va_ssh_key_is_line(const char *key)
{
    static const char forbidden[] = {'\n', '\r', NUL_LEAD, '\0'};

    return !strchr(BLANKS "#", *key) && !strpbrk(key, forbidden);
}

/* A field is a string of RFC 4251, section 5: its size in four bytes, the first the highest. */
static gboolean next_field(Blob *blob, Blob *field)
{
    const guint8 *at = blob->at;
    if (blob->size < 4)
        return FALSE;
    guint32 size = (guint32)at[0] << 24 | (guint32)at[1] << 16 | (guint32)at[2] << 8 | at[3];
    if (size > blob->size - 4)
        return FALSE;
    *field = (Blob){at + 4, size};
    *blob = (Blob){at + 4 + size, blob->size - 4 - size};
    return TRUE;
}

/* Keys are fields and nothing else, so that one which was cut short is noticed; certificates have
 * numbers among them (OpenSSH, PROTOCOL.certkeys). */
static gboolean is_whole(Blob blob, const char *type, gsize length)
{
    Blob field;

    if (!next_field(&blob, &field) || field.size == 0)
        return FALSE;
    if (g_strstr_len(type, (gssize)length, "-cert-v"))
        return TRUE;
    while (blob.size > 0)
        if (!next_field(&blob, &field))
            return FALSE;
    return TRUE;
}

static gboolean is_of_type(Blob blob, const char *type, gsize length)
{
    Blob name;

    return next_field(&blob, &name) && name.size == length && memcmp(name.at, type, length) == 0 &&
           is_whole(blob, type, length);
}

/* "type base64 [comment]" */
static gboolean is_key(const char *text)
{
    gsize type = strcspn(text, BLANKS);
    const char *base64 = text + type + strspn(text + type, BLANKS);
    gsize length = strcspn(base64, BLANKS);
    g_autofree guint8 *bytes = g_malloc(length / 4 * 3 + 1);
    Blob blob = {.at = bytes};

    return type > 0 && va_base64_decode(base64, length, bytes, &blob.size) &&
           is_of_type(blob, text, type);
}

/* Options end at the first blank outside double quotes; \" inside them is no end. */
static const char *after_options(const char *text)
{
    gboolean quoted = FALSE;

    while (*text && (quoted || !strchr(BLANKS, *text))) {
        if (*text == '"')
            quoted = !quoted;
        text += g_str_has_prefix(text, "\\\"") ? 2 : 1;
    }
    return text + strspn(text, BLANKS);
}

/* A tab is a blank here. */
static gboolean is_plain(const char *key)
{
    for (; *key; key++)
        if (g_ascii_iscntrl(*key) && *key != '\t')
            return FALSE;
    return TRUE;
}

gboolean va_ssh_key_is_public(const char *key)
{
    return strnlen(key, VA_SSH_KEY_MAX + 1) <= VA_SSH_KEY_MAX && va_ssh_key_is_line(key) &&
           is_plain(key) && (is_key(key) || is_key(after_options(key)));
}
