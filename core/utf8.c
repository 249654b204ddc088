/* SPDX-License-Identifier: Apache-2.0 */
#include "utf8.h"
#include <string.h>

static gboolean is_character(guint32 c)
{
    gboolean surrogate = c >= 0xD800 && c <= 0xDFFF;
    gboolean noncharacter = (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE;
    return c <= 0x10FFFF && !surrogate && !noncharacter;
}

/* By the lead byte: how many bytes, which of its bits count, and the least character that needs so
 * many (RFC 3629, section 3).  A size of 0 is no lead byte. */
typedef struct {
    guint size;
    guint32 bits;
    guint32 least;
} Form;

static Form form_of(guint8 lead)
{
    if (lead < 0x80)
        return (Form){1, 0x7F, 0};
    if (lead >= 0xC0 && lead < 0xE0)
        return (Form){2, 0x1F, 0x80};
    if (lead >= 0xE0 && lead < 0xF0)
        return (Form){3, 0x0F, 0x800};
    if (lead >= 0xF0 && lead < 0xF8)
        return (Form){4, 0x07, 0x10000};
    return (Form){0, 0, 0};
}

guint32 va_utf8_get(const char *text, gsize length, guint *size)
{
    const guint8 *bytes = (const guint8 *)text;
    Form form = form_of(bytes[0]);

    *size = 1;
    if (form.size == 0 || form.size > length)
        return VA_UTF8_INVALID;
    guint32 c = bytes[0] & form.bits;
    for (guint i = 1; i < form.size; i++) {
        if ((bytes[i] & 0xC0) != 0x80)
            return VA_UTF8_INVALID;
        c = c << 6 | (bytes[i] & 0x3F);
    }
    gboolean is_nul = c == 0 && form.size == 2;
    if ((c < form.least && !is_nul) || !is_character(c))
        return VA_UTF8_INVALID;
    *size = form.size;
    return c;
}

guint va_utf8_put(guint32 c, char *out)
{
    static const guint8 leads[] = {0, 0, 0xC0, 0xE0, 0xF0};

    if (!is_character(c))
        return 0;
    if (c > 0 && c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    guint size = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (guint i = size - 1; i > 0; i--, c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)(leads[size] | c);
    return size;
}

/* How many bytes at the start are ASCII, eight at a time; up to seven may be left uncounted. */
static gsize ascii_prefix(const char *text, gsize length)
{
    const guint64 high_bits = 0x8080808080808080u;
    gsize n = 0;
    guint64 word;

    for (; length - n >= sizeof word; n += sizeof word) {
        memcpy(&word, text + n, sizeof word);
        if (word & high_bits)
            break;
    }
    return n;
}

gboolean va_utf8_is_valid(const char *text, gsize length)
{
    guint size;

    for (gsize at = ascii_prefix(text, length); at < length; at += size) {
        if (va_utf8_get(text + at, length - at, &size) == VA_UTF8_INVALID)
            return FALSE;
        if (size == 1)
            at += ascii_prefix(text + at + 1, length - at - 1);
    }
    return TRUE;
}
