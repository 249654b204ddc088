/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh-keys.h"

#include <string.h>

/* A part of the text. */
typedef struct {
    const char *start;
    gsize length;
} Span;

/* Takes the next line, its line feed included, off the front of @rest. */
static gboolean next_line(Span *rest, Span *line)
{
    if (rest->length == 0)
        return FALSE;
    const char *feed = memchr(rest->start, '\n', rest->length);
    gsize length = feed ? (gsize)(feed - rest->start) + 1 : rest->length;

    *line = (Span){rest->start, length};
    *rest = (Span){rest->start + length, rest->length - length};
    return TRUE;
}

static gboolean is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static Span content_of(Span line)
{
    while (line.length > 0 && is_blank(line.start[line.length - 1]))
        line.length--;
    while (line.length > 0 && is_blank(*line.start)) {
        line.start++;
        line.length--;
    }
    return line;
}

/* A set of contents, which it borrows. */
static GHashTable *set_new(void)
{
    return g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
}

static GBytes *member_new(Span line)
{
    Span content = content_of(line);
    return g_bytes_new_static(content.start, content.length);
}

static Span span_of(const char *key)
{
    return (Span){key, strlen(key)};
}

GPtrArray *va_ssh_keys_list(const char *text, gsize length)
{
    GPtrArray *list = g_ptr_array_new();
    Span rest = {text, length}, line;

    while (next_line(&rest, &line)) {
        Span content = content_of(line);
        if (content.length > 0 && *content.start != '#')
            g_ptr_array_add(list, g_utf8_make_valid(content.start, (gssize)content.length));
    }
    return list;
}

static void append_line(GString *text, Span content)
{
    if (text->len > 0 && text->str[text->len - 1] != '\n')
        g_string_append_c(text, '\n');
    g_string_append_len(text, content.start, (gssize)content.length);
    g_string_append_c(text, '\n');
}

GString *va_ssh_keys_add(const char *text, gsize length, const GPtrArray *keys)
{
    GString *result = g_string_new_len(text, (gssize)length);
    g_autoptr(GHashTable) there = set_new();
    Span rest = {text, length}, line;

    while (next_line(&rest, &line))
        g_hash_table_add(there, member_new(line));
    for (guint i = 0; i < keys->len; i++) {
        Span key = span_of(g_ptr_array_index(keys, i));
        if (g_hash_table_add(there, member_new(key)))
            append_line(result, content_of(key));
    }
    return result;
}

GString *va_ssh_keys_remove(const char *text, gsize length, const GPtrArray *keys)
{
    GString *result = g_string_new(NULL);
    g_autoptr(GHashTable) unwanted = set_new();
    Span rest = {text, length}, line;

    for (guint i = 0; i < keys->len; i++)
        g_hash_table_add(unwanted, member_new(span_of(g_ptr_array_index(keys, i))));
    while (next_line(&rest, &line)) {
        g_autoptr(GBytes) content = member_new(line);
        if (!g_hash_table_contains(unwanted, content))
            g_string_append_len(result, line.start, (gssize)line.length);
    }
    return result;
}
