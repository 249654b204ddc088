/* SPDX-License-Identifier: Apache-2.0 */
#include "place.h"
#include "error.h"
#include <string.h>

static gsize quoted_length(const char *text)
{
    gsize length = strnlen(text, VA_QUOTE_MAX + 1);

    if (length <= VA_QUOTE_MAX)
        return length;
    for (length = VA_QUOTE_MAX; length > 0 && ((guchar)text[length] & 0xc0) == 0x80; length--)
        ;
    return length;
}

static void append_place(GString *out, const VaPlace *place)
{
    if (place->up)
        append_place(out, place->up);
    if (place->name) {
        if (out->len > 0)
            g_string_append_c(out, '.');
        g_string_append_len(out, place->name, (gssize)quoted_length(place->name));
    } else if (place->up) {
        g_string_append_printf(out, "[%u]", place->index);
    }
}

static char *place_name(const VaPlace *place)
{
    GString *out = g_string_new(NULL);

    append_place(out, place);
    return g_string_free(out, FALSE);
}

gboolean va_place_fail_type(const VaPlace *place, const char *expected, GError **error)
{
    g_autofree char *name = place_name(place);

    return va_fail(error, "Invalid parameter type for '%s', expected: %s", name, expected);
}

gboolean va_place_fail_range(const VaPlace *place, const char *expected, GError **error)
{
    g_autofree char *name = place_name(place);

    return va_fail(error, "Parameter '%s' expects %s", name, expected);
}

gboolean va_place_fail_member(const VaPlace *object, const char *member, const char *what,
                              GError **error)
{
    VaPlace place = {.up = object, .name = member};
    g_autofree char *name = place_name(&place);

    return va_fail(error, "Parameter '%s' is %s", name, what);
}

gboolean va_place_fail_value(const VaPlace *place, const char *value, GError **error)
{
    g_autofree char *name = place_name(place);

    return va_fail(error, "Parameter '%s' does not accept value '%.*s'", name,
                   (int)quoted_length(value), value);
}
