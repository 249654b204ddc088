/* SPDX-License-Identifier: Apache-2.0 */
#include "os-password-calls.h"
#include "os-utf16.h"

#include <gio/gio.h>
#include <lmerr.h>
#include <string.h>

/* With stand-ins for the calls that would change an account: they note what they are given. */

typedef struct {
    guint asked, freed, set;
    char *user, *password;
    DWORD level;
    NET_API_STATUS ask_says, set_says;
    const wchar_t *seen; /* where the password was while it was set */
    gsize seen_units;
} Notes;

static Notes notes;

static NET_API_STATUS WINAPI note_get(LPCWSTR server, LPCWSTR user, DWORD level, LPBYTE *buffer)
{
    static BYTE info[1];

    g_assert_null(server);
    g_assert_cmpuint(level, ==, 0);
    notes.asked++;
    *buffer = notes.ask_says == NERR_Success ? info : NULL;
    return notes.ask_says;
}

static NET_API_STATUS WINAPI note_set(LPCWSTR server, LPCWSTR user, DWORD level, LPBYTE buffer,
                                      LPDWORD wrong)
{
    g_assert_null(server);
    notes.set++;
    notes.level = level;
    notes.seen = ((USER_INFO_1003 *)(gpointer)buffer)->usri1003_password;
    notes.seen_units = wcslen(notes.seen);
    notes.user = os_utf8(user);
    notes.password = os_utf8(notes.seen);
    return notes.set_says;
}

static NET_API_STATUS WINAPI note_free(LPVOID buffer)
{
    g_assert_nonnull(buffer);
    notes.freed++;
    return NERR_Success;
}

static const OsPasswordCalls calls = {
    .get_info = note_get,
    .set_info = note_set,
    .buffer_free = note_free,
};

static void begin(void)
{
    g_free(notes.user);
    g_free(notes.password);
    notes = (Notes){0};
}

static gboolean set(const char *user, const char *password, GError **error)
{
    return os_password_set_by(&calls, user, password, strlen(password), FALSE, error);
}

static void assert_set(const char *user, const char *password)
{
    g_autoptr(GError) error = NULL;

    begin();
    set(user, password, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(notes.asked, ==, 1);
    g_assert_cmpuint(notes.freed, ==, 1);
    g_assert_cmpuint(notes.set, ==, 1);
    g_assert_cmpuint(notes.level, ==, 1003);
    g_assert_cmpstr(notes.user, ==, user);
    g_assert_cmpstr(notes.password, ==, password);
}

static void assert_refused(const char *user, const char *password, const char *message)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(set(user, password, &error));
    g_assert_nonnull(error);
    g_assert_cmpstr(error->message, ==, message);
}

static void test_set(void)
{
    assert_set("bob", "secret");
    assert_set("bob", "");
    assert_set("J\xc3\xbcrgen", "\xc3\xa4\xf0\x9f\x98\x80 \"'\\%PATH%");
}

static void test_longest(void)
{
    g_autofree char *longest = g_strnfill(PWLEN, 'x');
    g_autofree char *longer = g_strnfill(PWLEN + 1, 'x');

    assert_set("bob", longest);
    begin();
    assert_refused("bob", longer, "the password is longer than 256 characters");
    g_assert_cmpuint(notes.set, ==, 0);
}

static void test_invalid(void)
{
    begin();
    assert_refused("bob", "a\xff", "the password is not valid UTF-8");
    assert_refused("bob", "\xed\xa0\x80", "the password is not valid UTF-8");
    g_assert_cmpuint(notes.asked + notes.set, ==, 0);
}

static void test_crypted(void)
{
    g_autoptr(GError) error = NULL;

    begin();
    g_assert_false(os_password_set_by(&calls, "bob", "$6$", 3, TRUE, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
    g_assert_cmpstr(error->message, ==, "'crypted' must be off on this host");
    g_assert_cmpuint(notes.asked + notes.set, ==, 0);
}

static void test_domain(void)
{
    static const char message[] =
        "only local accounts can be given a password, by their name alone";

    begin();
    assert_refused("CORP\\bob", "x", message);
    assert_refused("bob@corp.example", "x", message);
    g_assert_cmpuint(notes.asked + notes.set, ==, 0);
}

static void test_unknown(void)
{
    g_autoptr(GError) error = NULL;

    begin();
    notes.ask_says = NERR_UserNotFound;
    g_assert_false(set("nobody-here", "x", &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
    g_assert_cmpuint(notes.set, ==, 0);
    g_assert_cmpuint(notes.freed, ==, 0);
}

/* The system's words where it has some, ours where not, and never none. */
static void test_texts(void)
{
    static const NET_API_STATUS codes[] = {NERR_PasswordTooShort, NERR_BASE + 7,
                                           ERROR_ACCESS_DENIED, 0x7ffffffe};

    for (guint i = 0; i < G_N_ELEMENTS(codes); i++) {
        g_autoptr(GError) error = NULL;
        begin();
        notes.set_says = codes[i];
        g_assert_false(set("bob", "secret", &error));
        g_assert_nonnull(error);
        g_test_message("%lu: %s", codes[i], error->message);
        g_assert_cmpuint(strlen(error->message), >, 4);
        g_assert_null(strchr(error->message, '\n'));
        g_assert_null(strstr(error->message, "secret"));
    }
}

/* The system itself, of which nothing is changed: there is no such account. */
static void test_system(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(os_password_set("virtagent-nobody", "x", 1, FALSE, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

static void test_wipe(void)
{
    char text[] = "secret";

    os_password_wipe(text, 3);
    g_assert_cmpmem(text, sizeof text, "\0\0\0ret", sizeof text);
    os_password_wipe(NULL, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/password/is-given-to-the-system-as-utf-16", test_set);
    g_test_add_func("/password/has-at-most-256-characters", test_longest);
    g_test_add_func("/password/must-be-utf-8", test_invalid);
    g_test_add_func("/password/a-hash-is-refused", test_crypted);
    g_test_add_func("/password/accounts-of-a-domain-are-refused", test_domain);
    g_test_add_func("/password/goes-nowhere-for-an-unknown-user", test_unknown);
    g_test_add_func("/password/a-failure-always-has-a-text", test_texts);
    g_test_add_func("/password/the-system-knows-who-is-not-there", test_system);
    g_test_add_func("/password/wiping-leaves-zeros", test_wipe);
    return g_test_run();
}
