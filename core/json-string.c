/* SPDX-License-Identifier: Apache-2.0 */
#include "json-string.h"
#include "error.h"
#include "utf8.h"
#include <string.h>

/* Sixteen bytes in one register, by the vector extension of gcc and clang; four of them a block. */
typedef guint8 Vector __attribute__((vector_size(16)));

#define BLOCK (4 * sizeof(Vector))

/* Control characters, 0xFE and 0xFF are one range once 2 is added. */
static inline gboolean is_special(guint8 byte, guint8 quote)
{
    return byte == quote || byte == '\\' || (guint8)(byte + 2) < 0x22;
}

static inline gboolean any(Vector vector)
{
    guint64 halves[2];

    memcpy(halves, &vector, sizeof halves);
    return (halves[0] | halves[1]) != 0;
}

/* is_special() of a whole block; adds the high bits of a block without to *bits. */
static inline gboolean block_has_special(const guint8 *block, guint8 quote, guint8 *bits)
{
    Vector found = {0}, all = {0};

    for (gsize i = 0; i < BLOCK; i += sizeof(Vector)) {
        Vector bytes;
        memcpy(&bytes, block + i, sizeof bytes);
        found |= (Vector)(bytes == quote) | (Vector)(bytes == '\\') | (Vector)(bytes + 2 < 0x22);
        all |= bytes;
    }
    if (any(found))
        return TRUE;
    *bits |= any(all & 0x80) ? 0x80 : 0;
    return FALSE;
}

gsize va_json_string_scan(const char *text, gsize length, char quote, guint8 *bits)
{
    const guint8 *bytes = (const guint8 *)text;
    guint8 end = (guint8)quote;
    gsize at = 0;

    while (length - at >= BLOCK && !block_has_special(bytes + at, end, bits))
        at += BLOCK;
    for (; at < length && !is_special(bytes[at], end); at++)
        *bits |= bytes[at];
    return at;
}

char *va_json_shown(const char *token, gsize length)
{
    gboolean cut = length > VA_SHOWN_MAX;

    if (cut) {
        token += length - VA_SHOWN_MAX;
        length = VA_SHOWN_MAX;
    }
    /* Not from the middle of a character. */
    for (guint i = 1; cut && i < VA_UTF8_SIZE_MAX && (*token & 0xC0) == 0x80; i++, length--)
        token++;
    g_autofree char *valid = g_utf8_make_valid(token, (gssize)strnlen(token, length));
    return g_strconcat(cut ? "..." : "", valid, NULL);
}

/* Four hexadecimal digits; -1 if they are not. */
static gint32 hex4(const char *text, gsize length)
{
    gint32 value = 0;

    for (guint i = 0; i < 4; i++) {
        gint digit = i < length ? g_ascii_xdigit_value(text[i]) : -1;
        if (digit < 0)
            return -1;
        value = value << 4 | digit;
    }
    return value;
}

/* What the "\uXXXX" at @text stands for, two of them if they are a pair of surrogates; *size is
 * what was looked at. */
static guint32 escaped_unit(const char *text, gsize length, gsize *size)
{
    gint32 unit = hex4(text + 2, length - 2);
    gint32 low = -1;

    *size = MIN(length, 6);
    if (unit >= 0xD800 && unit <= 0xDBFF && length >= 12 && text[6] == '\\' && text[7] == 'u')
        low = hex4(text + 8, length - 8);
    if (low < 0xDC00 || low > 0xDFFF)
        return unit < 0 ? VA_UTF8_INVALID : (guint32)unit;
    *size = 12;
    return 0x10000 + ((guint32)(unit - 0xD800) << 10) + (guint32)(low - 0xDC00);
}

/* The escape at *from, of at most @length bytes with the closing quote, becomes a character at *to,
 * which never needs more room than the escape did. */
static gboolean replace_unicode(char **to, const char **from, gsize length, GError **error)
{
    gsize size;
    guint32 character = escaped_unit(*from, length, &size);
    guint put = va_utf8_put(character, *to);

    if (put == 0) {
        g_autofree char *shown = va_json_shown(*from, size);
        return va_fail(error, "JSON parse error, %s is not a valid Unicode character", shown);
    }
    *to += put;
    *from += size;
    return TRUE;
}

static gboolean replace_escape(char **to, const char **from, gsize length, GError **error)
{
    static const char names[] = "\"'\\/bfnrt";
    static const char values[] = "\"'\\/\b\f\n\r\t";
    char name = (*from)[1];

    if (name == 'u')
        return replace_unicode(to, from, length, error);
    const char *found = memchr(names, name, sizeof names - 1);
    if (!found)
        return va_fail(error, "JSON parse error, invalid escape sequence in string");
    *(*to)++ = values[found - names];
    *from += 2;
    return TRUE;
}

gboolean va_json_string_unescape(char *text, gsize *length, GError **error)
{
    const char *from = text, *end = text + *length;
    char *to = text;

    while (from < end) {
        const char *escape = memchr(from, '\\', (gsize)(end - from));
        gsize plain = (gsize)((escape ? escape : end) - from);
        memmove(to, from, plain);
        to += plain;
        from += plain;
        if (escape && !replace_escape(&to, &from, (gsize)(end - from) + 1, error))
            return FALSE;
    }
    *length = (gsize)(to - text);
    return TRUE;
}
