/* SPDX-License-Identifier: Apache-2.0 */
#include "os-release.h"
#include "os-read.h"
#include "os-root.h"

#include <string.h>

#define BLANKS " \t\r"

static gboolean is_name(const char *s)
{
    if (!g_ascii_isalpha(*s) && *s != '_')
        return FALSE;
    while (g_ascii_isalnum(*s) || *s == '_')
        s++;
    return *s == '\0';
}

/* The value may be followed by blanks, and by a comment that blanks set apart. */
static gboolean is_rest_empty(const char *rest)
{
    const char *next = rest + strspn(rest, BLANKS);
    return *next == '\0' || (*next == '#' && next > rest);
}

static const char *unquote_single(const char *s, GString *value)
{
    const char *end = strchr(s, '\'');
    if (!end)
        return NULL;
    g_string_append_len(value, s, end - s);
    return end + 1;
}

/* Between double quotes a backslash is special before four characters only (POSIX shell, 2.2.3).
 * os-release(5) speaks of escaping quotes of both kinds, so a single one counts as well. */
static const char *unquote_double(const char *s, GString *value)
{
    for (; *s && *s != '"'; s++) {
        if (*s == '$' || *s == '`')
            return NULL;
        if (*s == '\\' && s[1] && strchr("\"'$\\`", s[1]))
            s++;
        g_string_append_c(value, *s);
    }
    return *s == '"' ? s + 1 : NULL;
}

static const char *unquote_bare(const char *s, GString *value)
{
    for (; *s && !strchr(BLANKS, *s); s++) {
        if (strchr("$`\"';&|<>()", *s))
            return NULL;
        if (*s == '\\' && *++s == '\0')
            return NULL;
        g_string_append_c(value, *s);
    }
    return s;
}

/* The string that a shell would assign; NULL if this is not one plain word. */
static char *unquote(const char *s)
{
    g_autoptr(GString) value = g_string_new(NULL);
    const char *rest = *s == '\''  ? unquote_single(s + 1, value)
                       : *s == '"' ? unquote_double(s + 1, value)
                                   : unquote_bare(s, value);
    if (!rest || !is_rest_empty(rest))
        return NULL;
    return g_utf8_make_valid(value->str, (gssize)value->len);
}

static void parse_line(GHashTable *values, char *line)
{
    char *name = line + strspn(line, BLANKS);
    char *equals = strchr(name, '=');
    char *value;

    if (!equals)
        return;
    *equals = '\0';
    value = is_name(name) ? unquote(equals + 1) : NULL;
    if (value)
        g_hash_table_insert(values, g_strdup(name), value);
}

GHashTable *os_release_parse(const char *text, gsize length)
{
    GHashTable *values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    const char *end = text + length;

    while (text < end) {
        const char *newline = memchr(text, '\n', (gsize)(end - text));
        gsize len = (gsize)((newline ? newline : end) - text);
        if (!memchr(text, '\0', len)) {
            g_autofree char *line = g_strndup(text, len);
            parse_line(values, line);
        }
        text = newline ? newline + 1 : end;
    }
    return values;
}

static char *read_first(gsize *length)
{
    static const char *const paths[] = {"/etc/os-release", "/usr/lib/os-release"};
    const char *configured = g_getenv("QGA_OS_RELEASE");

    if (configured)
        return os_read(configured, OS_RELEASE_MAX, length, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_autofree char *path = os_root(paths[i]);
        char *text = os_read(path, OS_RELEASE_MAX, length, NULL);
        if (text)
            return text;
    }
    return NULL;
}

GHashTable *os_release_load(void)
{
    gsize length = 0;
    g_autofree char *text = read_first(&length);
    return os_release_parse(text ? text : "", length);
}
