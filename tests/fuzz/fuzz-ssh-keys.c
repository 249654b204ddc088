/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"
#include "ssh-key.h"
#include "ssh-keys.h"

#include <string.h>

/*
 * The first line is a key, as the host gives it; the rest is a user's file.  Whatever the file
 * holds: adding keeps every byte of it and adds the key once, removing leaves the key nowhere and
 * all other lines as they were.
 */

static gboolean lists(const GString *text, const char *key)
{
    g_autoptr(GPtrArray) list = va_ssh_keys_list(text->str, text->len);
    g_autofree char *wanted = g_strdup(key);
    gboolean found = FALSE;

    for (gsize n = strlen(wanted); n > 0 && strchr(" \t\r\n", wanted[n - 1]); n--)
        wanted[n - 1] = '\0';
    g_ptr_array_set_free_func(list, g_free);
    for (guint i = 0; i < list->len; i++) {
        const char *line = g_ptr_array_index(list, i);
        g_assert_true(*line && *line != '#' && g_utf8_validate(line, -1, NULL));
        g_assert_null(strchr(line, '\n'));
        found |= g_str_equal(line, wanted);
    }
    return found;
}

/* What is no UTF-8 is listed with U+FFFD in its place. */
static gboolean is_listed_as_it_is(const char *key)
{
    return g_utf8_validate(key, -1, NULL) && !strstr(key, "\357\277\275");
}

static void assert_same(const GString *a, const GString *b)
{
    g_assert_true(g_string_equal(a, b));
}

static void check_file(const GString *text, const GPtrArray *keys)
{
    g_autoptr(GString) added = va_ssh_keys_add(text->str, text->len, keys);
    g_autoptr(GString) again = va_ssh_keys_add(added->str, added->len, keys);
    g_autoptr(GString) without = va_ssh_keys_remove(text->str, text->len, keys);
    g_autoptr(GString) removed = va_ssh_keys_remove(added->str, added->len, keys);
    const char *key = g_ptr_array_index(keys, 0);

    g_assert_true(added->len >= text->len && memcmp(added->str, text->str, text->len) == 0);
    assert_same(added, again);
    if (is_listed_as_it_is(key)) {
        g_assert_true(lists(added, key));
        g_assert_false(lists(without, key));
        g_assert_false(lists(removed, key));
    }
    if (without->len > 0 && without->str[without->len - 1] == '\n')
        assert_same(without, removed);
}

/* A key is a line, and remains one if a comment is added to it. */
static void check_key(const char *key)
{
    g_autofree char *longer = g_strconcat(key, " x", NULL);
    gboolean fits = strlen(longer) <= VA_SSH_KEY_MAX;

    if (va_ssh_key_is_public(key))
        g_assert_true(va_ssh_key_is_line(key) && (!fits || va_ssh_key_is_public(longer)));
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    const guint8 *end = size > 0 ? memchr(data, '\n', size) : NULL;
    gsize length = end ? (gsize)(end - data) : size;
    g_autofree char *key = g_strndup(size > 0 ? (const char *)data : "", length);
    g_autoptr(GString) text =
        g_string_new_len(end ? (const char *)end + 1 : "", end ? (gssize)(size - length - 1) : 0);
    g_autoptr(GPtrArray) keys = g_ptr_array_new();

    check_key(key);
    if (va_ssh_key_is_line(key)) {
        g_ptr_array_add(keys, key);
        check_file(text, keys);
    } else {
        lists(text, key);
    }
    return 0;
}
