/* SPDX-License-Identifier: Apache-2.0 */
#include "json-text.h"
#include "utf8.h"
#include <stdlib.h>

/* The letter of the short escape of a control character; 0 if it has none. */
static char short_escape(guint32 character)
{
    switch (character) {
    case '"':
    case '\\':
        return (char)character;
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return 0;
    }
}

static void put_escaped(GString *out, guint32 character)
{
    char letter = short_escape(character);

    if (letter) {
        g_string_append_c(out, '\\');
        g_string_append_c(out, letter);
    } else if (character < 0x10000) {
        g_string_append_printf(out, "\\u%04X", character);
    } else {
        guint32 offset = character - 0x10000;
        g_string_append_printf(out, "\\u%04X\\u%04X", 0xD800 + (offset >> 10),
                               0xDC00 + (offset & 0x3FF));
    }
}

static gboolean is_plain(char c)
{
    return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

void va_json_put_string(GString *out, const char *text, gsize length)
{
    gsize at = 0;
    guint size;

    g_string_append_c(out, '"');
    while (at < length) {
        gsize start = at;
        while (at < length && is_plain(text[at]))
            at++;
        g_string_append_len(out, text + start, (gssize)(at - start));
        if (at == length)
            break;
        guint32 character = va_utf8_get(text + at, length - at, &size);
        put_escaped(out, character == VA_UTF8_INVALID ? 0xFFFD : character);
        at += size;
    }
    g_string_append_c(out, '"');
}

void va_json_put_double(GString *out, double number)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    static const char *const formats[] = {"%.15g", "%.16g", "%.17g"};

    if (!va_json_is_finite(number))
        number = 0;
    for (guint i = 0; i < G_N_ELEMENTS(formats); i++) {
        g_ascii_formatd(text, sizeof text, formats[i], number);
        if (g_ascii_strtod(text, NULL) == number)
            break;
    }
    g_string_append(out, text);
}
