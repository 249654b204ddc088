/* SPDX-License-Identifier: Apache-2.0 */
#include "json-text.h"
#include <math.h>

static void check_string(const char *text, gsize length, const char *expected)
{
    g_autoptr(GString) out = g_string_new(NULL);
    /* Exact memory, so that a checker sees a read beyond the end. */
    g_autofree char *exact = g_memdup2(text, length);
    va_json_put_string(out, exact, length);
    g_assert_cmpstr(out->str, ==, expected);
}

#define CHECK_STRING(text, expected) check_string(text, sizeof(text) - 1, expected)

static void test_escapes(void)
{
    CHECK_STRING("", "\"\"");
    CHECK_STRING("it's a/b", "\"it's a/b\"");
    CHECK_STRING("\"\\\b\f\n\r\t", "\"\\\"\\\\\\b\\f\\n\\r\\t\"");
    CHECK_STRING("\x01\x1f\x7f", "\"\\u0001\\u001F\\u007F\"");
    CHECK_STRING("a\0b", "\"a\\u0000b\"");
    CHECK_STRING("a\xC0\x80z", "\"a\\u0000z\"");
}

static void test_unicode(void)
{
    CHECK_STRING("\xC3\xA4\xE2\x80\x9Cx\xE2\x80\x9D", "\"\\u00E4\\u201Cx\\u201D\"");
    CHECK_STRING("\xF0\x9F\x98\x80", "\"\\uD83D\\uDE00\"");
    CHECK_STRING("\xF4\x8F\xBF\xBD", "\"\\uDBFF\\uDFFD\"");
}

/* What the reader would not take back is not written either. */
static void test_invalid(void)
{
    CHECK_STRING("a\xFFz", "\"a\\uFFFDz\"");
    CHECK_STRING("\xC3", "\"\\uFFFD\"");
    CHECK_STRING("\xE2\x82", "\"\\uFFFD\\uFFFD\"");
    CHECK_STRING("\xC3(", "\"\\uFFFD(\"");
    CHECK_STRING("\xED\xA0\x80", "\"\\uFFFD\\uFFFD\\uFFFD\"");
    CHECK_STRING("\xEF\xBF\xBE", "\"\\uFFFD\\uFFFD\\uFFFD\"");
    CHECK_STRING("\xC0\xAF", "\"\\uFFFD\\uFFFD\"");
}

static void test_doubles(void)
{
    static const struct {
        double number;
        const char *text;
    } rows[] = {
        {0, "0"},
        {-0.0, "-0"},
        {1, "1"},
        {0.07, "0.07"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1e300, "1e+300"},
        {1e-7, "1e-07"},
        {1500000000.25, "1500000000.25"},
        {INFINITY, "0"},
        {-INFINITY, "0"},
        {NAN, "0"},
        {5e-324, "4.94065645841247e-324"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GString) out = g_string_new(NULL);
        va_json_put_double(out, rows[i].number);
        g_assert_cmpstr(out->str, ==, rows[i].text);
    }
}

static void test_doubles_read_back(void)
{
    for (guint i = 0; i < 10000; i++) {
        double number = ldexp(g_test_rand_double() - 0.5, g_test_rand_int_range(-1000, 1000));
        g_autoptr(GString) out = g_string_new(NULL);
        va_json_put_double(out, number);
        g_assert_true(g_ascii_strtod(out->str, NULL) == number);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/json-text/controls-are-escaped", test_escapes);
    g_test_add_func("/json-text/the-wire-is-ascii", test_unicode);
    g_test_add_func("/json-text/what-is-not-utf-8-is-replaced", test_invalid);
    g_test_add_func("/json-text/a-number-is-as-short-as-can-be", test_doubles);
    g_test_add_func("/json-text/a-number-reads-back-exactly", test_doubles_read_back);
    return g_test_run();
}
