/* SPDX-License-Identifier: Apache-2.0 */
#include "escape.h"

#define PARTIAL ((gunichar)-2)
#define INVALID ((gunichar)-1)

static gboolean is_shown(gunichar character)
{
    GUnicodeType type = g_unichar_type(character);
    return g_unichar_isprint(character) && type != G_UNICODE_LINE_SEPARATOR &&
           type != G_UNICODE_PARAGRAPH_SEPARATOR && type != G_UNICODE_PRIVATE_USE;
}

static gsize put_character(GString *out, const char *text, gunichar character)
{
    gsize size = (gsize)(g_utf8_next_char(text) - text);
    if (is_shown(character))
        g_string_append_len(out, text, (gssize)size);
    else
        g_string_append_printf(out, character > 0xFFFF ? "\\U%08X" : "\\u%04X", character);
    return size;
}

static gsize put_byte(GString *out, guint8 byte)
{
    if (byte >= 0x20 && byte < 0x7F)
        g_string_append_c(out, (char)byte);
    else
        g_string_append_printf(out, "\\x%02x", byte);
    return 1;
}

/* Line ends and tabs of a text; 0 if @text starts with something else. */
static gsize put_layout(GString *out, const char *text, gsize length)
{
    gsize size = 0;
    if (*text == '\n' || *text == '\t')
        size = 1;
    else if (length > 1 && text[0] == '\r' && text[1] == '\n')
        size = 2;
    g_string_append_len(out, text, (gssize)size);
    return size;
}

static gboolean is_cut(const char *text, gsize length, gunichar character, EscapeKind kind)
{
    return character == PARTIAL || (kind == ESCAPE_TEXT && length == 1 && *text == '\r');
}

static gsize put_next(GString *out, const char *text, gsize length, EscapeKind kind, gboolean last)
{
    guint8 byte = (guint8)*text;
    gunichar character =
        byte < 0x80 ? byte : g_utf8_get_char_validated(text, (gssize)MIN(length, 6));
    gsize size = kind == ESCAPE_TEXT ? put_layout(out, text, length) : 0;

    if (size > 0)
        return size;
    if (!last && is_cut(text, length, character, kind))
        return 0;
    if (byte < 0x80 || character == PARTIAL || character == INVALID)
        return put_byte(out, byte);
    return put_character(out, text, character);
}

gsize escape_append(GString *out, const char *text, gsize length, EscapeKind kind, gboolean last)
{
    gsize used = 0;
    while (used < length) {
        gsize size = put_next(out, text + used, length - used, kind, last);
        if (size == 0)
            break;
        used += size;
    }
    return used;
}

char *escape_line(const char *text, gsize length)
{
    GString *out = g_string_sized_new(length);
    escape_append(out, text, length, ESCAPE_LINE, TRUE);
    return g_string_free(out, FALSE);
}

int escape_width(gunichar character)
{
    if (g_unichar_iszerowidth(character))
        return 0;
    return g_unichar_iswide(character) ? 2 : 1;
}

int escape_columns(const char *text)
{
    int columns = 0;
    for (; *text; text = g_utf8_next_char(text))
        columns += escape_width(g_utf8_get_char(text));
    return columns;
}
