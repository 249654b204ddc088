/* SPDX-License-Identifier: Apache-2.0 */
#include "os-utf16.h"

#include <gio/gio.h>
#include <string.h>

wchar_t *os_utf16(const char *text, GError **error)
{
    wchar_t *wide = (wchar_t *)g_utf8_to_utf16(text, -1, NULL, NULL, NULL);

    if (!wide)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "'%s' is not valid UTF-8",
                    text);
    return wide;
}

static gboolean is_high(wchar_t unit)
{
    return unit >= 0xd800 && unit <= 0xdbff;
}

static gboolean is_low(wchar_t unit)
{
    return unit >= 0xdc00 && unit <= 0xdfff;
}

char *os_utf8_n(const wchar_t *text, gsize length)
{
    GString *out = g_string_sized_new(length + 1);

    for (gsize i = 0; i < length; i++) {
        if (is_high(text[i]) && i + 1 < length && is_low(text[i + 1])) {
            gunichar pair =
                0x10000u + ((gunichar)(text[i] - 0xd800) << 10) + (text[i + 1] - 0xdc00u);
            g_string_append_unichar(out, pair);
            i++;
        } else {
            gboolean lone = is_high(text[i]) || is_low(text[i]);
            g_string_append_unichar(out, lone ? 0xfffd : text[i]);
        }
    }
    return g_string_free(out, FALSE);
}

char *os_utf8(const wchar_t *text)
{
    return text ? os_utf8_n(text, wcslen(text)) : NULL;
}
