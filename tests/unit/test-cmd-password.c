/* SPDX-License-Identifier: Apache-2.0 */
#include "account.h"
#include "fake-accounts.h"
#include "schema-commands.h"

#include <gio/gio.h>
#include <string.h>

static void set_up(gpointer *unused, gconstpointer data)
{
    fake_accounts_reset();
}

/* As the decoder does: the bytes are a copy of the command's own. */
static gboolean try(const char *user, const void *password, gsize size, gboolean crypted,
                    GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new(password, size);
    const GuestSetUserPasswordIn in = {
        .username = (char *)user, .password = bytes, .crypted = crypted};
    gboolean done = cmd_set_user_password(&in, error);
    gsize length;
    const guint8 *left = g_bytes_get_data(bytes, &length);

    for (gsize i = 0; i < length; i++)
        g_assert_cmpuint(left[i], ==, 0);
    g_assert_cmpuint(fake_accounts()->wiped, ==, size);
    fake_accounts()->wiped = 0;
    return done;
}

static void assert_sets(const char *user, const char *password, gboolean crypted, const char *noted)
{
    g_autoptr(GError) error = NULL;
    try(user, password, strlen(password), crypted, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(fake_accounts()->password->str, ==, noted);
}

static void assert_refuses(const char *user, const void *password, gsize size, gboolean crypted,
                           const char *message)
{
    g_autoptr(GError) error = NULL;
    g_assert_false(try(user, password, size, crypted, &error));
    g_assert_nonnull(error);
    g_assert_cmpstr(error->message, ==, message);
    g_assert_null(fake_accounts()->password);
}

static void test_sets(gpointer *unused, gconstpointer data)
{
    assert_sets("bob", "secret", FALSE, "bob:secret");
    assert_sets("bob", "a:b c", FALSE, "bob:a:b c");
    assert_sets("bob", "", FALSE, "bob:");
    assert_sets("DOM\\b\xc3\xb6"
                "b",
                "\xff\x80\xfe", FALSE,
                "DOM\\b\xc3\xb6"
                "b:\xff\x80\xfe");
    assert_sets("bob", "$6$salt$hash", TRUE, "bob:crypted:$6$salt$hash");
}

static void test_bad_passwords(gpointer *unused, gconstpointer data)
{
    for (guint c = 0; c < 256; c++) {
        const guint8 password[] = {'a', (guint8)c, 'b'};
        gboolean is_control = c < 0x20 || c == 0x7f;
        g_assert_cmpint(va_account_password_allowed(password, 3, FALSE), ==, !is_control);
        g_assert_cmpint(va_account_password_allowed(password, 3, TRUE), ==,
                        !is_control && c != ':');
    }
    assert_refuses("bob", "ab\0cd", 5, FALSE, "forbidden characters in raw password");
    assert_refuses("bob", "ab\n", 3, FALSE, "forbidden characters in raw password");
    assert_refuses("bob", "a:b", 3, TRUE, "forbidden characters in raw password");
    assert_refuses("bo\nb", "a\nb", 3, FALSE, "forbidden characters in raw password");
}

static void test_bad_names(gpointer *unused, gconstpointer data)
{
    static const char *const names[] = {"",   "a:b",  "a\nb",      "a\x1f", "a\x7f",
                                        "-e", "a\tb", "a\xc0\x80", "\x01",  "-"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        assert_refuses(names[i], "x", 1, FALSE, "forbidden characters in username");
}

static void test_sizes(gpointer *unused, gconstpointer data)
{
    g_autofree char *name = g_strnfill(VA_ACCOUNT_NAME_MAX + 1, 'n');
    g_autofree char *password = g_strnfill(VA_ACCOUNT_PASSWORD_MAX + 1, 'p');

    assert_refuses("bob", password, VA_ACCOUNT_PASSWORD_MAX + 1, FALSE,
                   "password is longer than 4096 bytes");
    assert_refuses(name, "x", 1, FALSE, "forbidden characters in username");
    name[VA_ACCOUNT_NAME_MAX] = '\0';
    g_assert_true(try(name, password, VA_ACCOUNT_PASSWORD_MAX, FALSE, NULL));
}

static void test_failure(gpointer *unused, gconstpointer data)
{
    fake_accounts()->failure = "chpasswd: no";
    assert_refuses("bob", "secret", 6, FALSE,
                   "child process has failed to set user password: chpasswd: no");
}

#define ADD(name, function) g_test_add("/password/" name, gpointer, NULL, set_up, function, NULL)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("is-set-byte-for-byte", test_sets);
    ADD("control-characters-are-refused", test_bad_passwords);
    ADD("names-nobody-has-are-refused", test_bad_names);
    ADD("sizes-are-bounded", test_sizes);
    ADD("a-failure-says-what-the-system-says", test_failure);
    return g_test_run();
}
