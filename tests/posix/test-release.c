/* SPDX-License-Identifier: Apache-2.0 */
#include "os-release.h"
#include "os-root.h"
#include "os-system.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

static char *value_of(const char *text, gsize length, const char *name)
{
    g_autoptr(GHashTable) values = os_release_parse(text, length);
    return g_strdup(g_hash_table_lookup(values, name));
}

static void assert_parses(const char *text, const char *name, const char *expected)
{
    g_autofree char *value = value_of(text, strlen(text), name);
    g_assert_cmpstr(value, ==, expected);
}

static void test_plain_words(void)
{
    assert_parses("ID=debian", "ID", "debian");
    assert_parses("ID=debian\n", "ID", "debian");
    assert_parses("ID=a\\ b\\\\c", "ID", "a b\\c");
    assert_parses("ID=a#b=c", "ID", "a#b=c");
    assert_parses("ID=", "ID", "");
    assert_parses("ID=\"\"", "ID", "");
    assert_parses("ID=debian \t\r\n", "ID", "debian");
    assert_parses(" \tID=debian", "ID", "debian");
}

static void test_quotes(void)
{
    assert_parses("NAME='a \"b\" \\ $c'", "NAME", "a \"b\" \\ $c");
    assert_parses("NAME=\"it's\"", "NAME", "it's");
    assert_parses("NAME=\"\\\"\\$\\`\\\\\"", "NAME", "\"$`\\");
    assert_parses("NAME=\"\\a\\n\"", "NAME", "\\a\\n");
    assert_parses("NAME=\"a\" # b", "NAME", "a");
    assert_parses("NAME=a # b", "NAME", "a");
}

static void test_no_assignment(void)
{
    static const char *const lines[] = {
        "X",        "X=a b",     "X=a;b",  "X=\"a", "X='a",      "X=\"a\\\"",
        "X=\"$a\"", "X=\"`a`\"", "X=a`b`", "X=$a",  "X=\"a\"b",  "X=\"a\"'b'",
        "X=a'b'",   "X=a\\",     "X =a",   "X= a",  "#X=a",      "-X=a",
        "=a",       "X=a|b",     "X=(a)",  "X=a&",  "X=\"a\"#b", "X-=a",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autoptr(GHashTable) values = os_release_parse(lines[i], strlen(lines[i]));
        g_test_message("%s", lines[i]);
        g_assert_cmpuint(g_hash_table_size(values), ==, 0);
    }
}

static void test_bad_lines_cost_only_themselves(void)
{
    assert_parses("NAME=\"a\nID=b\n", "ID", "b");
    assert_parses("ID=a\nID=\"b\n", "ID", "a");
    assert_parses("ID=a\nID=b\n", "ID", "b");
}

static void test_hostile_bytes(void)
{
    static const char nul[] = "ID=a\0b\nNAME=c";
    g_autofree char *id = value_of(nul, sizeof nul - 1, "ID");
    g_autofree char *name = value_of(nul, sizeof nul - 1, "NAME");

    g_assert_null(id);
    g_assert_cmpstr(name, ==, "c");
    assert_parses("ID=\"caf\xe9\"", "ID", "caf\357\277\275");
    assert_parses("", "ID", NULL);
}

/* Not every byte of the buffer has a NUL after it. */
static void test_keeps_to_its_bytes(void)
{
    g_autofree char *text = g_memdup2("ID=debian", 6);
    g_autofree char *id = value_of(text, 6, "ID");
    g_assert_cmpstr(id, ==, "deb");
}

typedef struct {
    const char *root, *id, *name, *pretty_name, *version, *version_id, *variant, *variant_id;
} Captured;

static const Captured roots[] = {
    {"debian12", "debian", "Debian GNU/Linux", "Debian GNU/Linux 12 (bookworm)", "12 (bookworm)",
     "12", NULL, NULL},
    {"ubuntu", "ubuntu", "Ubuntu", "Ubuntu 24.04.1 LTS", "24.04.1 LTS (Noble Numbat)", "24.04",
     NULL, NULL},
    {"fedora", "fedora", "Fedora Linux", "Fedora Linux 40 (Server Edition)", "40 (Server Edition)",
     "40", "Server Edition", "server"},
    {"alpine", "alpine", "Alpine Linux", "Alpine Linux v3.20", NULL, "3.20.3", NULL, NULL},
    {"rhel", "rhel", "Red Hat Enterprise Linux", "Red Hat Enterprise Linux 9.4 (Plow)",
     "9.4 (Plow)", "9.4", NULL, NULL},
    {"odd-quoting", "odd-os", "Odd; \"Quoting\" OS", "A \"B\" $C `D` \\E \\f 'G'", NULL, "",
     "Gr\303\266\303\237e", "caf\357\277\275"},
    {"empty", NULL, NULL, NULL, NULL, NULL, NULL, NULL},
};

static void test_captured(gconstpointer data)
{
    const Captured *expected = data;
    g_autofree char *root = g_test_build_filename(G_TEST_DIST, "..", "roots", expected->root, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(OsSystemInfo) info = NULL;

    os_root_set(root);
    info = os_system_info(&error);
    os_root_set(NULL);
    g_assert_no_error(error);
    g_assert_cmpstr(info->id, ==, expected->id);
    g_assert_cmpstr(info->name, ==, expected->name);
    g_assert_cmpstr(info->pretty_name, ==, expected->pretty_name);
    g_assert_cmpstr(info->version, ==, expected->version);
    g_assert_cmpstr(info->version_id, ==, expected->version_id);
    g_assert_cmpstr(info->variant, ==, expected->variant);
    g_assert_cmpstr(info->variant_id, ==, expected->variant_id);
    g_assert_nonnull(info->kernel_release);
}

/* The id that is found with $QGA_OS_RELEASE at @path and Debian's tree as the root. */
static char *id_with(const char *path)
{
    g_autofree char *root = g_test_build_filename(G_TEST_DIST, "..", "roots", "debian12", NULL);
    g_autoptr(OsSystemInfo) info = NULL;

    os_root_set(root);
    if (path) {
        g_setenv("QGA_OS_RELEASE", path, TRUE);
    }
    info = os_system_info(NULL);
    g_unsetenv("QGA_OS_RELEASE");
    os_root_set(NULL);
    return g_steal_pointer(&info->id);
}

typedef struct {
    char *directory, *file;
} Place;

static void place_make(Place *place, gconstpointer data)
{
    place->directory = g_dir_make_tmp("release-XXXXXX", NULL);
    place->file = g_build_filename(place->directory, "os-release", NULL);
    g_assert_nonnull(place->directory);
}

static void place_drop(Place *place, gconstpointer data)
{
    g_remove(place->file);
    g_rmdir(place->directory);
    g_free(place->file);
    g_free(place->directory);
}

static void test_variable_replaces_the_search(Place *place, gconstpointer data)
{
    g_autofree char *unset = id_with(NULL), *missing = id_with(place->file), *given = NULL;
    g_file_set_contents(place->file, "ID=mine\n", -1, NULL);
    given = id_with(place->file);
    g_assert_cmpstr(unset, ==, "debian");
    g_assert_null(missing);
    g_assert_cmpstr(given, ==, "mine");
}

static void test_size_is_bounded(Place *place, gconstpointer data)
{
    g_autoptr(GString) text = g_string_new("ID=mine\n#");
    g_autofree char *fits = NULL, *over = NULL;

    while (text->len < OS_RELEASE_MAX) {
        g_string_append_c(text, '.');
    }
    g_file_set_contents(place->file, text->str, (gssize)text->len, NULL);
    fits = id_with(place->file);
    g_string_append_c(text, '.');
    g_file_set_contents(place->file, text->str, (gssize)text->len, NULL);
    over = id_with(place->file);
    g_assert_cmpstr(fits, ==, "mine");
    g_assert_null(over);
}

static void test_fifo_does_not_hang(Place *place, gconstpointer data)
{
    g_autofree char *id = NULL;
    g_assert_cmpint(mkfifo(place->file, 0600), ==, 0);
    id = id_with(place->file);
    g_assert_null(id);
}

static void test_only_regular_files(void)
{
    g_autofree char *directory = id_with("/"), *device = id_with("/dev/zero");
    g_assert_null(directory);
    g_assert_null(device);
}

#define ADD(name, function)                                                                        \
    g_test_add("/release/" name, Place, NULL, place_make, function, place_drop)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_unsetenv("QGA_OS_RELEASE");
    g_test_add_func("/release/plain-words-are-read-as-a-shell-reads-them", test_plain_words);
    g_test_add_func("/release/both-kinds-of-quotes", test_quotes);
    g_test_add_func("/release/what-is-no-assignment-is-left-out", test_no_assignment);
    g_test_add_func("/release/a-bad-line-costs-only-itself", test_bad_lines_cost_only_themselves);
    g_test_add_func("/release/nul-and-broken-utf-8", test_hostile_bytes);
    g_test_add_func("/release/nothing-beyond-the-given-bytes-is-read", test_keeps_to_its_bytes);
    g_test_add_func("/release/neither-a-directory-nor-a-device", test_only_regular_files);
    ADD("the-variable-replaces-the-search", test_variable_replaces_the_search);
    ADD("the-size-is-bounded", test_size_is_bounded);
    ADD("a-fifo-does-not-hang-it", test_fifo_does_not_hang);
    for (gsize i = 0; i < G_N_ELEMENTS(roots); i++) {
        g_autofree char *path = g_strconcat("/release/captured/", roots[i].root, NULL);
        g_test_add_data_func(path, &roots[i], test_captured);
    }
    return g_test_run();
}
