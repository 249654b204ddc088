/* SPDX-License-Identifier: Apache-2.0 */
#include "log.h"

#include <string.h>

/* What "\x1b" would do to a terminal, and a line feed to a log, must not be done by a host. */
static gboolean is_plain(gunichar c)
{
    return c == ' ' || (g_unichar_isgraph(c) && !g_unichar_isspace(c));
}

static const char *append_one(GString *out, const char *in, const char *end, const char *special)
{
    gunichar c = g_utf8_get_char_validated(in, end - in);
    const char *next = c >= (gunichar)-2 ? in + 1 : g_utf8_next_char(in);
    if (c < (gunichar)-2 && is_plain(c)) {
        if (*in && strchr(special, *in))
            g_string_append_c(out, '\\');
        g_string_append_len(out, in, next - in);
        return next;
    }
    for (; in < next; in++)
        g_string_append_printf(out, "\\x%02x", (guint8)*in);
    return next;
}

char *va_log_clean(const char *text)
{
    const char *end = text + strnlen(text, VA_LOG_TEXT_MAX);
    g_autoptr(GString) out = g_string_sized_new((gsize)(end - text));
    for (const char *in = text; in < end;)
        in = append_one(out, in, end, "");
    if (*end)
        g_string_append(out, "...");
    return g_string_free(g_steal_pointer(&out), FALSE);
}

char *va_log_quote(const char *text)
{
    if (!text)
        return g_strdup("(none)");
    const char *end = text + strlen(text);
    g_autoptr(GString) out = g_string_new("'");
    for (guint n = 0; text < end && n < VA_LOG_QUOTE_MAX; n++)
        text = append_one(out, text, end, "'\\");
    g_string_append(out, text < end ? "'..." : "'");
    return g_string_free(g_steal_pointer(&out), FALSE);
}
