/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-accounts.h"
#include "os-ssh.h"
#include "schema-commands.h"
#include "ssh-sample-keys.h"

#include <gio/gio.h>
#include <string.h>

static void set_up(gpointer *unused, gconstpointer data)
{
    fake_accounts_reset();
}

static void tear_down(gpointer *unused, gconstpointer data)
{
    fake_accounts_reset();
}

static GPtrArray *array_of(const char *const *keys)
{
    GPtrArray *array = g_ptr_array_new();
    for (; *keys; keys++)
        g_ptr_array_add(array, (gpointer)*keys);
    return array;
}

#define KEYS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NO_KEYS   ((const char *const[]){NULL})

static gboolean add(const char *user, const char *const *keys, gboolean reset, GError **error)
{
    g_autoptr(GPtrArray) array = array_of(keys);
    const GuestSshAddAuthorizedKeysIn in = {
        .username = (char *)user, .keys = array, .has_reset = reset, .reset = reset};
    return cmd_ssh_add_authorized_keys(&in, error);
}

static gboolean remove_keys(const char *user, const char *const *keys, GError **error)
{
    g_autoptr(GPtrArray) array = array_of(keys);
    const GuestSshRemoveAuthorizedKeysIn in = {.username = (char *)user, .keys = array};
    return cmd_ssh_remove_authorized_keys(&in, error);
}

static void assert_fails(gboolean done, GError **error, const char *message)
{
    g_assert_false(done);
    g_assert_nonnull(*error);
    g_assert_cmpstr((*error)->message, ==, message);
    g_clear_error(error);
    g_assert_cmpuint(fake_accounts()->writes, ==, 0);
}

static void assert_file(const char *text, guint writes)
{
    g_assert_nonnull(fake_accounts()->file);
    g_assert_cmpstr(fake_accounts()->file->str, ==, text);
    g_assert_cmpuint(fake_accounts()->writes, ==, writes);
}

static void test_get(gpointer *unused, gconstpointer data)
{
    const GuestSshGetAuthorizedKeysIn in = {.username = (char *)"bob"};
    GuestAuthorizedKeys *out = NULL;
    g_autoptr(GError) error = NULL;

    assert_fails(cmd_ssh_get_authorized_keys(&in, &out, &error), &error,
                 "failed to read 'keys': no such file");
    g_assert_null(out);
    fake_accounts()->file = g_string_new("# x\nb\na\n");
    g_assert_true(cmd_ssh_get_authorized_keys(&in, &out, &error));
    g_assert_cmpuint(out->keys->len, ==, 2);
    g_assert_cmpstr(out->keys->pdata[0], ==, "b");
    g_assert_cmpstr(out->keys->pdata[1], ==, "a");
    va_value_clear(va_command_find("guest-ssh-get-authorized-keys")->out, &out);
}

static void test_add(gpointer *unused, gconstpointer data)
{
    g_assert_true(add("bob", KEYS(ED25519 " x", ECDSA, ED25519 " x"), FALSE, NULL));
    assert_file(ED25519 " x\n" ECDSA "\n", 1);
    g_assert_true(add("bob", KEYS(ECDSA), FALSE, NULL));
    assert_file(ED25519 " x\n" ECDSA "\n", 1);
    g_assert_true(add("bob", KEYS(ECDSA, CERTIFICATE), FALSE, NULL));
    assert_file(ED25519 " x\n" ECDSA "\n" CERTIFICATE "\n", 2);
}

static void test_reset(gpointer *unused, gconstpointer data)
{
    fake_accounts()->file = g_string_new("# x\nb\n");
    g_assert_true(add("bob", KEYS(ECDSA), TRUE, NULL));
    assert_file(ECDSA "\n", 1);
    g_assert_true(add("bob", KEYS(ECDSA, ECDSA), TRUE, NULL));
    assert_file(ECDSA "\n", 1);
    g_assert_true(add("bob", NO_KEYS, TRUE, NULL));
    assert_file("", 2);
}

/* libvirt's way to send a file that ends in a line feed. */
static void test_an_empty_key_at_the_end_is_none(gpointer *unused, gconstpointer data)
{
    g_assert_true(add("bob", KEYS(ECDSA, ""), TRUE, NULL));
    assert_file(ECDSA "\n", 1);
}

static void test_reset_without_a_file(gpointer *unused, gconstpointer data)
{
    g_assert_true(add("bob", NO_KEYS, TRUE, NULL));
    assert_file("", 1);
}

static void test_remove(gpointer *unused, gconstpointer data)
{
    g_assert_true(remove_keys("bob", KEYS(ECDSA), NULL));
    g_assert_null(fake_accounts()->file);
    fake_accounts()->file = g_string_new("junk\n" ECDSA " \n# x\n");
    g_assert_true(remove_keys("bob", KEYS(ED25519), NULL));
    g_assert_cmpuint(fake_accounts()->writes, ==, 0);
    g_assert_true(remove_keys("bob", KEYS(ECDSA, "junk"), NULL));
    assert_file("# x\n", 1);
}

static void test_bad_keys(gpointer *unused, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *longest = g_strnfill(1000, 'x');

    assert_fails(add("eve", KEYS(ECDSA, "junk"), FALSE, &error), &error,
                 "invalid OpenSSH public key: 'junk'");
    assert_fails(add("eve", KEYS(""), FALSE, &error), &error, "invalid OpenSSH public key: ''");
    assert_fails(add("eve", KEYS("", ECDSA), FALSE, &error), &error,
                 "invalid OpenSSH public key: ''");
    assert_fails(add("eve", KEYS("#x"), TRUE, &error), &error, "invalid OpenSSH public key: '#x'");
    assert_fails(add("eve", KEYS("a\nb"), FALSE, &error), &error,
                 "invalid OpenSSH public key: 'a\\x0ab'");
    assert_fails(remove_keys("eve", KEYS(""), &error), &error, "invalid OpenSSH public key: ''");
    g_assert_false(add("eve", KEYS(longest), FALSE, &error));
    g_assert_cmpuint(strlen(error->message), <, 200);
    g_assert_cmpuint(fake_accounts()->look_ups, ==, 0);
}

static void test_bad_users(gpointer *unused, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    assert_fails(add("eve", KEYS(ECDSA), FALSE, &error), &error, "failed to lookup user 'eve'");
    assert_fails(remove_keys("eve", NO_KEYS, &error), &error, "failed to lookup user 'eve'");
    g_assert_cmpuint(fake_accounts()->look_ups, ==, 2);
    assert_fails(add("a\nb", KEYS(ECDSA), FALSE, &error), &error,
                 "failed to lookup user 'a\\x0ab'");
    assert_fails(add("", KEYS(ECDSA), FALSE, &error), &error, "failed to lookup user ''");
    g_assert_cmpuint(fake_accounts()->look_ups, ==, 2);
    fake_accounts()->failure = "the directory is down";
    assert_fails(add("bob", KEYS(ECDSA), FALSE, &error), &error,
                 "failed to lookup user 'bob': the directory is down");
}

static void test_trouble(gpointer *unused, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    fake_accounts()->trouble = "it is a symbolic link";
    assert_fails(add("bob", KEYS(ECDSA), FALSE, &error), &error, "it is a symbolic link");
    assert_fails(remove_keys("bob", KEYS(ECDSA), &error), &error, "it is a symbolic link");
    g_assert_true(add("bob", KEYS(ECDSA), TRUE, &error));
    assert_file(ECDSA "\n", 1);
}

static void test_conflicts(gpointer *unused, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    fake_accounts()->conflicts = 3;
    g_assert_true(add("bob", KEYS(ECDSA), FALSE, NULL));
    g_assert_cmpuint(fake_accounts()->reads, ==, 4);
    assert_file(ECDSA "\n", 1);
    fake_accounts()->conflicts = G_MAXUINT;
    g_assert_false(add("bob", KEYS(ED25519), FALSE, &error));
    g_assert_cmpstr(error->message, ==, "just changed");
    assert_file(ECDSA "\n", 1);
}

static void test_size(gpointer *unused, gconstpointer data)
{
    g_autofree char *full = g_strnfill(OS_SSH_TEXT_MAX - strlen(ECDSA) - 2, '\n');
    g_autoptr(GError) error = NULL;

    fake_accounts()->file = g_string_new(full);
    assert_fails(add("bob", KEYS(ECDSA "xx", ECDSA), FALSE, &error), &error,
                 "invalid OpenSSH public key: 'ecdsa-sha2-nistp256 "
                 "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAy'...");
    assert_fails(add("bob", KEYS(ECDSA " x"), FALSE, &error), &error,
                 "the keys would take more than 1048576 bytes");
    g_assert_true(add("bob", KEYS(ECDSA), FALSE, NULL));
    g_assert_cmpuint(fake_accounts()->file->len, ==, OS_SSH_TEXT_MAX - 1);
}

#define ADD(name, function) g_test_add("/ssh/" name, gpointer, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("get/lists-in-the-order-of-the-file", test_get);
    ADD("add/writes-only-if-something-is-new", test_add);
    ADD("add/reset-drops-what-was-there", test_reset);
    ADD("an-empty-key-at-the-end-is-none", test_an_empty_key_at_the_end_is_none);
    ADD("add/reset-makes-an-empty-file", test_reset_without_a_file);
    ADD("add/and-remove-try-again-if-somebody-else-was-faster", test_conflicts);
    ADD("add/does-not-outgrow-the-bound", test_size);
    ADD("remove/a-missing-file-is-success-and-stays-missing", test_remove);
    ADD("keys-are-checked-before-the-user-is-looked-up", test_bad_keys);
    ADD("unknown-users-are-named", test_bad_users);
    ADD("a-file-that-cannot-be-read-is-replaced-only-by-reset", test_trouble);
    return g_test_run();
}
