/* SPDX-License-Identifier: Apache-2.0 */
#include "root-tree.h"
#include "os-root.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static char *place_of(const char *directory, const char *path)
{
    char *place = g_strconcat(directory, path, NULL);
    g_autofree char *above = g_path_get_dirname(place);

    g_assert_true(path[0] == '/');
    g_assert_cmpint(g_mkdir_with_parents(above, 0700), ==, 0);
    g_remove(place);
    return place;
}

static void add_link(const char *directory, const char *path, const char *target)
{
    g_autofree char *place = place_of(directory, path);
    g_assert_cmpint(symlink(target, place), ==, 0);
}

static void add_file(const char *directory, const char *path, const char *bytes, gsize length)
{
    g_autofree char *place = place_of(directory, path);
    g_assert_true(g_file_set_contents(place, bytes, (gssize)length, NULL));
}

static void add_hex(const char *directory, const char *path, const char *digits)
{
    gsize length = strlen(digits) / 2;
    g_autofree char *bytes = g_malloc0(length + 1);

    for (gsize i = 0; i < length; i++) {
        int value = g_ascii_xdigit_value(digits[2 * i]) * 16;
        bytes[i] = (char)(value + g_ascii_xdigit_value(digits[2 * i + 1]));
    }
    add_file(directory, path, bytes, length);
}

static void add_line(const char *directory, const char *path, const char *line)
{
    g_autofree char *text = g_strconcat(line, "\n", NULL);
    add_file(directory, path, text, strlen(text));
}

/* The lines that begin with a bar; *next moves on behind them. */
static void add_lines(const char *directory, const char *line, char ***next)
{
    g_autofree char *path = g_strndup(line, strlen(line) - 1);
    g_autoptr(GString) text = g_string_new(NULL);

    for (; **next && (**next)[0] == '|'; ++*next) {
        g_string_append(text, **next + 1);
        g_string_append_c(text, '\n');
    }
    add_file(directory, path, text->str, text->len);
}

static void add_directory(const char *directory, const char *path)
{
    g_autofree char *place = g_strconcat(directory, path, NULL);
    g_assert_cmpint(g_mkdir_with_parents(place, 0700), ==, 0);
}

/* Cuts @line at @mark; NULL if it is not there. */
static char *rest(char *line, const char *mark)
{
    char *found = strstr(line, mark);

    if (!found)
        return NULL;
    *found = '\0';
    return found + strlen(mark);
}

static void add(const char *directory, char *line, char ***next)
{
    char *value;

    if ((value = rest(line, " -> ")))
        add_link(directory, line, value);
    else if ((value = rest(line, " = ")))
        add_line(directory, line, value);
    else if ((value = rest(line, " hex ")))
        add_hex(directory, line, value);
    else if (g_str_has_suffix(line, "/"))
        add_directory(directory, line);
    else if (g_str_has_suffix(line, ":"))
        add_lines(directory, line, next);
    else
        g_error("no line of a tree: %s", line);
}

void root_tree_add(const char *directory, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", 0);
    char **next = lines;

    while (*next) {
        char *line = *next++;
        if (*line && *line != '#')
            add(directory, line, &next);
    }
}

char *root_tree_unpack_text(const char *text)
{
    char *directory = g_dir_make_tmp("root-XXXXXX", NULL);

    g_assert_nonnull(directory);
    root_tree_add(directory, text);
    os_root_set(directory);
    return directory;
}

char *root_tree_unpack(const char *name)
{
    g_autofree char *file = g_strconcat(name, ".tree", NULL);
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "..", "roots", file, NULL);
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;

    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    return root_tree_unpack_text(text);
}

static void remove_all(const char *path)
{
    g_autoptr(GDir) dir =
        g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *below = g_build_filename(path, name, NULL);
        remove_all(below);
    }
    g_remove(path);
}

void root_tree_remove(char *directory)
{
    os_root_set(NULL);
    if (directory)
        remove_all(directory);
    g_free(directory);
}
