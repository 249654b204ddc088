/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh-key.h"
#include "ssh-sample-keys.h"

#include <string.h>

static void assert_good(const char *key)
{
    g_test_message("%s", key);
    g_assert_true(va_ssh_key_is_public(key));
    g_assert_true(va_ssh_key_is_line(key));
}

static void assert_bad(const char *key)
{
    g_autofree char *shown = g_strescape(key, NULL);
    g_test_message("%s", shown);
    g_assert_false(va_ssh_key_is_public(key));
}

/* A key of @type whose blob is the @size bytes at @blob. */
static char *key_of(const char *type, const void *blob, gsize size)
{
    g_autofree char *base64 = g_base64_encode(blob, size);
    return g_strdup_printf("%s %s", type, base64);
}

static void test_keys(void)
{
    assert_good(ED25519);
    assert_good(ECDSA);
    assert_good(CERTIFICATE);
    assert_good(ED25519 " bob@example.com and more");
    assert_good(ED25519 "   b\xc3\xb6"
                        "b's \"laptop\" # 1");
    assert_good(ED25519 "\tcomment ");
}

static void test_options(void)
{
    assert_good("no-pty " ED25519);
    assert_good("restrict,command=\"echo \\\"hello world\\\" # x\",no-pty \t " ECDSA " bob");
    assert_good("cert-authority,principals=\"a,b\" " ED25519);
    assert_bad("command=\"open " ED25519);
    assert_bad("no-pty, x11 " ED25519);
    assert_bad("no-pty");
    assert_bad("no-pty ");
}

static void test_unknown_types(void)
{
    static const guint8 unknown[] = "\0\0\0\6future\0\0\0\1x\0\0\0";
    g_autofree char *good = key_of("future", unknown, 15);
    g_autofree char *other = key_of("futurf", unknown, 15);
    g_autofree char *shorter = key_of("futur", unknown, 15);

    assert_good(good);
    assert_bad(other);
    assert_bad(shorter);
}

/* No number of bytes, cut off the end of a key, leaves one. */
static void test_cut_keys(void)
{
    const char *encoded = strchr(ECDSA, ' ') + 1;
    gsize size;
    g_autofree guint8 *blob = g_base64_decode(encoded, &size);

    for (gsize n = 0; n < size; n++) {
        g_autofree char *key = key_of("ecdsa-sha2-nistp256", blob, n);
        /* What remains is two fields, as other kinds of key have: the type and the curve. */
        if (n == 4 + 19 + 4 + 8)
            continue;
        assert_bad(key);
    }
}

static void test_hostile_sizes(void)
{
    static const guint8 huge[] = "\xff\xff\xff\xff"
                                 "abc";
    static const guint8 empty_name[] = "\0\0\0\0\0\0\0\1x";
    static const guint8 empty_key[] = "\0\0\0\1a\0\0\0\0";
    static const guint8 over[] = "\0\0\0\1a\0\0\0\2x";
    g_autofree char *a = key_of("abc", huge, 7), *b = key_of("", empty_name, 9);
    g_autofree char *c = key_of("a", empty_key, 9), *d = key_of("a", over, 10 - 1);

    assert_bad(a);
    assert_bad(b);
    assert_bad(c);
    assert_bad(d);
}

static void test_no_keys(void)
{
    static const char *const junk[] = {
        "",
        "#x",
        "# " ED25519,
        " " ED25519,
        "\t" ED25519,
        "junk",
        "ssh-rsa",
        "ssh-rsa ",
        "ssh-rsa x",
        "ssh-rsa AAAA",
        "ssh-ed25519 !!!!",
        ED25519 "x",
        ED25519 "\n",
        ED25519 "\r",
        ED25519 " a\rb",
        ED25519 "\n" ED25519,
        ED25519 " \x1b[2J",
        ED25519 " \x7f",
        ED25519 " a\xc0\x80",
        "-----BEGIN OPENSSH PRIVATE KEY-----",
    };
    for (guint i = 0; i < G_N_ELEMENTS(junk); i++)
        assert_bad(junk[i]);
}

static void test_length(void)
{
    g_autofree char *comment = g_strnfill(VA_SSH_KEY_MAX - strlen(ED25519 " "), 'c');
    g_autofree char *longest = g_strconcat(ED25519 " ", comment, NULL);
    g_autofree char *longer = g_strconcat(longest, "c", NULL);

    assert_good(longest);
    assert_bad(longer);
}

static void test_lines(void)
{
    static const char *const lines[] = {"junk", "x\ty", "ssh-dss", "caf\xe9", "x\x1b", "x "};
    static const char *const none[] = {"", " x", "\tx", "#", "a\nb", "a\r", "a\xc0\x80", "\n"};

    for (guint i = 0; i < G_N_ELEMENTS(lines); i++)
        g_assert_true(va_ssh_key_is_line(lines[i]));
    for (guint i = 0; i < G_N_ELEMENTS(none); i++)
        g_assert_false(va_ssh_key_is_line(none[i]));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ssh-key/what-ssh-keygen-makes-is-one", test_keys);
    g_test_add_func("/ssh-key/may-have-options", test_options);
    g_test_add_func("/ssh-key/of-an-unknown-type-is-one-if-it-says-so-twice", test_unknown_types);
    g_test_add_func("/ssh-key/that-was-cut-is-none", test_cut_keys);
    g_test_add_func("/ssh-key/with-lying-sizes-is-none", test_hostile_sizes);
    g_test_add_func("/ssh-key/junk-is-none", test_no_keys);
    g_test_add_func("/ssh-key/is-of-bounded-length", test_length);
    g_test_add_func("/ssh-key/a-line-is-less-than-a-key", test_lines);
    return g_test_run();
}
