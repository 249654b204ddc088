/* SPDX-License-Identifier: Apache-2.0 */
#include "os-utf16.h"

#include <gio/gio.h>

static void test_round_trip(void)
{
    static const char text[] = "C:\\\xc3\xa4\xf0\x9f\x98\x80";
    g_autofree wchar_t *wide = os_utf16(text, NULL);
    g_autofree char *back = os_utf8(wide);

    g_assert_nonnull(wide);
    g_assert_cmpuint(wcslen(wide), ==, 6);
    g_assert_cmpstr(back, ==, text);
}

static void test_lone_surrogates(void)
{
    static const wchar_t wide[] = {L'a', 0xd800, L'b', 0xdc00, 0xd83d, 0};
    g_autofree char *text = os_utf8(wide);
    g_assert_cmpstr(text, ==,
                    "a\xef\xbf\xbd"
                    "b\xef\xbf\xbd\xef\xbf\xbd");
}

static void test_invalid(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(os_utf16("a\xff", &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    g_assert_null(os_utf8(NULL));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/utf16/round-trip", test_round_trip);
    g_test_add_func("/utf16/lone-surrogates-become-replacement-characters", test_lone_surrogates);
    g_test_add_func("/utf16/invalid-utf8-is-an-error", test_invalid);
    return g_test_run();
}
