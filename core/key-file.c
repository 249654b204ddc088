/* SPDX-License-Identifier: Apache-2.0 */
#include "key-file.h"

#include "error.h"
#include "log.h"
#include "options.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

/* Letters of the escapes that GKeyFile knows, and what they stand for. */
static const char escape_letters[] = "sntr\\";
static const char escaped[] = " \n\t\r\\";

/* In place: what an escape stands for is never longer.  FALSE if there is an unknown one. */
static gboolean unescape(char *text)
{
    char *out = text;
    for (const char *in = text; *in; in++) {
        char c = *in;
        if (c == '\\') {
            const char *letter = in[1] ? strchr(escape_letters, *++in) : NULL;
            if (!letter)
                return FALSE;
            c = escaped[letter - escape_letters];
        }
        *out++ = c;
    }
    *out = '\0';
    return TRUE;
}

/* A blank is escaped only where it would be trimmed. */
static void append_escaped(GString *out, const char *value)
{
    for (const char *in = value; *in; in++) {
        const char *found = strchr(escaped, *in);
        if (!found || (*in == ' ' && in > value && in[1])) {
            g_string_append_c(out, *in);
        } else {
            g_string_append_c(out, '\\');
            g_string_append_c(out, escape_letters[found - escaped]);
        }
    }
}

static char *trim(char *text)
{
    text += strspn(text, " \t\r");
    gsize length = strlen(text);
    while (length > 0 && strchr(" \t\r", text[length - 1]))
        text[--length] = '\0';
    return text;
}

static void warn(VaConfig *config, const char *what, const char *name)
{
    if (config->warnings->len >= VA_KEY_FILE_WARNINGS_MAX)
        return;
    g_autofree char *quoted = va_log_quote(name);
    g_ptr_array_add(config->warnings,
                    g_strdup_printf("configuration file: unknown %s %s ignored", what, quoted));
}

typedef enum { NO_GROUP, OUR_GROUP, OTHER_GROUP } Group;

static gboolean parse_group(VaConfig *config, char *line, Group *group, GError **error)
{
    char *end = line + strlen(line) - 1;
    if (*end != ']')
        return va_fail(error, "group name without ']'");
    *end = '\0';
    *group = strcmp(line + 1, "general") == 0 ? OUR_GROUP : OTHER_GROUP;
    if (*group == OTHER_GROUP)
        warn(config, "group", line + 1);
    return TRUE;
}

static gboolean parse_pair(VaConfig *config, char *line, GError **error)
{
    char *value = strchr(line, '=');
    if (!value)
        return va_fail(error, "neither a group, a comment nor key=value");
    *value++ = '\0';
    char *key = trim(line);
    const VaOption *option = va_option_by_key(key);
    if (!option) {
        warn(config, "key", key);
        return TRUE;
    }
    value = trim(value);
    if (!unescape(value))
        return va_fail(error, "%s has an invalid escape sequence", option->key);
    return !*value || va_option_set(option, config, value, error);
}

static gboolean parse_line(VaConfig *config, char *line, Group *group, GError **error)
{
    line = trim(line);
    if (!*line || *line == '#')
        return TRUE;
    if (*line == '[')
        return parse_group(config, line, group, error);
    if (*group == NO_GROUP)
        return va_fail(error, "the file does not start with a group, [general]");
    return *group == OTHER_GROUP || parse_pair(config, line, error);
}

gboolean va_key_file_parse(VaConfig *config, const char *text, gsize size, GError **error)
{
    if (size > 0 && memchr(text, '\0', size))
        return va_fail(error, "not a text file");
    g_autofree char *copy = g_strndup(text, size);
    Group group = NO_GROUP;
    guint number = 1;
    for (char *line = copy, *next; line; line = next, number++) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        if (!parse_line(config, line, &group, error)) {
            g_prefix_error(error, "line %u: ", number);
            return FALSE;
        }
    }
    return TRUE;
}

static void close_file(FILE *file)
{
    fclose(file);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FILE, close_file)

/* The contents, NUL-terminated; at most VA_KEY_FILE_MAX bytes. */
static char *read_all(const char *path, gsize *size, GError **error)
{
    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR) && g_file_test(path, G_FILE_TEST_EXISTS)) {
        va_fail(error, "not a regular file");
        return NULL;
    }
    g_autoptr(FILE) file = g_fopen(path, "rb");
    if (!file) {
        int code = errno;
        g_set_error_literal(error, G_FILE_ERROR, g_file_error_from_errno(code), g_strerror(code));
        return NULL;
    }
    g_autofree char *text = g_malloc(VA_KEY_FILE_MAX + 1);
    *size = fread(text, 1, VA_KEY_FILE_MAX + 1, file);
    if (!ferror(file) && *size <= VA_KEY_FILE_MAX)
        return g_steal_pointer(&text);
    if (ferror(file))
        va_fail(error, "it cannot be read");
    else
        va_fail(error, "it is larger than %u bytes", VA_KEY_FILE_MAX);
    return NULL;
}

gboolean va_key_file_load(VaConfig *config, const char *path, gboolean required, GError **error)
{
    g_autoptr(GError) reason = NULL;
    gsize size = 0;
    g_autofree char *text = read_all(path, &size, &reason);
    if (!required && g_error_matches(reason, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        return TRUE;
    if (!text || !va_key_file_parse(config, text, size, &reason)) {
        g_autofree char *shown = g_filename_display_name(path);
        return va_fail(error, "error loading configuration from path: %s, %s", shown,
                       reason->message);
    }
    char *file = g_strdup(path);
    g_free(config->file);
    config->file = file;
    return TRUE;
}

static void append_list(GString *out, const GPtrArray *names, char separator)
{
    g_autoptr(GString) joined = g_string_new(NULL);
    for (guint i = 0; names && i < names->len; i++) {
        if (i > 0)
            g_string_append_c(joined, separator);
        g_string_append(joined, g_ptr_array_index(names, i));
    }
    append_escaped(out, joined->str);
}

static void append_value(GString *out, const VaOption *option, const VaConfig *config)
{
    if (option->kind == VA_OPTION_FLAG)
        g_string_append(out, G_STRUCT_MEMBER(gboolean, config, option->offset) ? "true" : "false");
    else if (option->kind == VA_OPTION_LIST)
        append_list(out, G_STRUCT_MEMBER(GPtrArray *, config, option->offset),
                    G_STRUCT_MEMBER(char, config, option->separator));
    else
        append_escaped(out, G_STRUCT_MEMBER(char *, config, option->offset));
}

/* Lists are pointers, too.  The two that qemu-ga has, which are those with a letter, are shown even
 * if they are unset, as it does. */
static gboolean is_unset(const VaOption *option, const VaConfig *config)
{
    gboolean always = option->kind == VA_OPTION_LIST && option->letter;
    return option->kind != VA_OPTION_FLAG && !always &&
           !G_STRUCT_MEMBER(gpointer, config, option->offset);
}

char *va_key_file_format(const VaConfig *config)
{
    g_autoptr(GString) out = g_string_new("[general]\n");
    for (guint i = 0; i < va_n_options; i++) {
        const VaOption *option = &va_options[i];
        if (!option->key || !option->help || is_unset(option, config))
            continue;
        g_string_append_printf(out, "%s=", option->key);
        append_value(out, option, config);
        g_string_append_c(out, '\n');
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}
