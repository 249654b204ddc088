/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh-keys.h"

#include <string.h>

typedef GString *(*Change)(const char *text, gsize length, const GPtrArray *keys);

/* @keys has one key a line. */
static char *changed(Change change, const char *text, const char *keys)
{
    g_auto(GStrv) lines = g_strsplit(keys, "\n", -1);
    g_autoptr(GPtrArray) array = g_ptr_array_new();

    for (char **line = lines; *line; line++)
        g_ptr_array_add(array, *line);
    return g_string_free(change(text, strlen(text), array), FALSE);
}

static void assert_add(const char *text, const char *keys, const char *expected)
{
    g_autofree char *result = changed(va_ssh_keys_add, text, keys);
    g_assert_cmpstr(result, ==, expected);
}

static void assert_remove(const char *text, const char *keys, const char *expected)
{
    g_autofree char *result = changed(va_ssh_keys_remove, text, keys);
    g_assert_cmpstr(result, ==, expected);
}

static void assert_list(const char *text, gsize length, const char *expected)
{
    g_autoptr(GPtrArray) list = va_ssh_keys_list(text, length);
    g_ptr_array_set_free_func(list, g_free);
    g_ptr_array_add(list, NULL);
    g_autofree char *lines = g_strjoinv("|", (char **)list->pdata);
    g_assert_cmpstr(lines, ==, expected);
}

#define LIST(text, expected) assert_list(text, sizeof text - 1, expected)

static void test_list(void)
{
    LIST("", "");
    LIST("\n \n\t\r\n", "");
    LIST("c\nb\na", "c|b|a");
    LIST("# x\na b \n  #y\n\n\tc\r\n", "a b|c");
    LIST("a\0b\ncaf\xe9\n", "a\357\277\275b|caf\357\277\275");
}

static void test_add(void)
{
    assert_add("", "a", "a\n");
    assert_add("z\n", "a\nb", "z\na\nb\n");
    assert_add("z", "a", "z\na\n");
    assert_add("# x\n\nz\r\n  junk", "a ", "# x\n\nz\r\n  junk\na\n");
}

static void test_add_twice(void)
{
    assert_add("a\n", "a", "a\n");
    assert_add("a", "a", "a");
    assert_add(" a \r\n", "a", " a \r\n");
    assert_add("", "a\na\na ", "a\n");
    assert_add("a b\n", "a", "a b\na\n");
    assert_add("#a\n", "a", "#a\na\n");
}

static void test_remove(void)
{
    assert_remove("a\nb\nc\n", "b", "a\nc\n");
    assert_remove("a\nb\nc", "c", "a\nb\n");
    assert_remove("a\nb\nc", "a\nb", "c");
    assert_remove("a\nb\na \n\ta\r\n", "a", "b\n");
    assert_remove("# x\n\nb\n", "a\nab\nbb", "# x\n\nb\n");
    assert_remove("a", "a", "");
    assert_remove("a\r\nb\r\n", "b", "a\r\n");
    assert_remove("a b\n", "a", "a b\n");
}

static void assert_is(const GString *text, const char *expected, gsize length)
{
    g_assert_cmpuint(text->len, ==, length);
    g_assert_true(memcmp(text->str, expected, length) == 0);
}

/* A C string would end there, and the two be the same. */
static void test_nul(void)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    g_ptr_array_add(keys, (gpointer) "a");
    g_autoptr(GString) more = va_ssh_keys_add("a\0b\n", 4, keys);
    g_autoptr(GString) less = va_ssh_keys_remove("a\0b\n", 4, keys);

    assert_is(more, "a\0b\na\n", 6);
    assert_is(less, "a\0b\n", 4);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ssh-keys/are-listed-in-order-without-comments", test_list);
    g_test_add_func("/ssh-keys/are-added-at-the-end-and-the-rest-is-left-alone", test_add);
    g_test_add_func("/ssh-keys/that-are-there-are-not-added", test_add_twice);
    g_test_add_func("/ssh-keys/are-removed-wherever-they-are-and-the-rest-is-left-alone",
                    test_remove);
    g_test_add_func("/ssh-keys/do-not-end-at-a-nul", test_nul);
    return g_test_run();
}
