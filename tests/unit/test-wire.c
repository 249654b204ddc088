/* SPDX-License-Identifier: Apache-2.0 */
#include "wire-events.h"

/* A stream of bytes, and the events that it must cause whatever way it is cut. */
#define EVENTS_MAX 6

typedef struct {
    const char *bytes;
    gsize length;
    const char *events[EVENTS_MAX + 1];
} Case;

#define CASE(bytes, ...)                                                                           \
    {                                                                                              \
        bytes, sizeof(bytes) - 1,                                                                  \
        {                                                                                          \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }

static gsize cut_everywhere(gsize left)
{
    return 1;
}

static gsize cut_somewhere(gsize left)
{
    return (gsize)g_test_rand_int_range(1, MIN(7, (gint)left) + 1);
}

static void check_cut(const Case *row, Cut *cut)
{
    g_autoptr(GPtrArray) events = events_of(row->bytes, row->length, cut);

    g_ptr_array_add(events, NULL);
    if (g_strv_equal((const char *const *)events->pdata, row->events))
        return;
    g_autofree char *shown = g_strescape(row->bytes, NULL);
    g_autofree char *got = g_strjoinv(" | ", (char **)events->pdata);
    g_error("%s: the events are %s", shown, got);
}

static void check_row(const Case *row)
{
    check_cut(row, cut_nowhere);
    check_cut(row, cut_everywhere);
    for (guint i = 0; i < 8; i++)
        check_cut(row, cut_somewhere);
}

static void check_rows(const Case *rows, guint n)
{
    for (guint i = 0; i < n; i++)
        check_row(&rows[i]);
}

static void test_framing(void)
{
    static const Case rows[] = {
        CASE(PING, PONG),
        CASE(PING PING, PONG, PONG),
        CASE(PING "\n" PING "\r\n" PING "\r" PING, PONG, PONG, PONG, PONG),
        CASE(" \t\r\n"),
        CASE("{\n\t\"execute\"\r\n: \"guest-ping\"\n}", PONG),
        CASE("1"),
        CASE("1\n", "1"),
        CASE("nul"),
        CASE("null\n", "null"),
        CASE("\"abc\"", "\"abc\""),
        CASE("[]", "[]"),
        CASE("true{}false[]-0 'x'", "true", "{}", "false", "[]", "-0", "\"x\""),
        CASE("null" PING, "null", PONG),
        CASE("{\"execute\":\"guest-ping\""),
    };
    check_rows(rows, G_N_ELEMENTS(rows));
}

static void test_reset(void)
{
    static const Case rows[] = {
        CASE("\xff"),
        CASE("\xff\xff" PING, PONG),
        CASE("\xff\n" PING, PONG),
        CASE("\xff\"abc\"", "\"abc\""),
        CASE("{\"execute\":\"guest-pi\xff" PING, PONG),
        CASE("{\"execute\":\"guest-pi\\\xff" PING, PONG),
        CASE("{\"execute\":\xff" PING, PONG),
        CASE("[[[[\xff" PING, PONG),
        CASE("12\xff" PING, PONG),
        CASE("-\xff" PING, PONG),
        CASE("nul\xff" PING, PONG),
        CASE("{\"a\":01\xff" PING, "!stray '01'", PONG),
        CASE("{\"a\n\xff" PING, "!stray '\"a\n'", PONG),
        CASE("HELLO \xff 1\n", "!stray 'H'", "1"),
        CASE("HELLO {\"a\":\xff 1\n", "!stray 'H'", "1"),
    };
    check_rows(rows, G_N_ELEMENTS(rows));
}

static void test_strays(void)
{
    static const Case rows[] = {
        CASE("\xfe\n", "!stray '\xEF\xBF\xBD'"),
        CASE("\x80\n", "!stray '\xEF\xBF\xBD'"),
        CASE("\xEF\xBB\xBF" PING, "!stray '\xEF\xBF\xBD'", PONG),
        CASE("\0\n" PING, "!stray ''", PONG),
        CASE("\x1b\n", "!stray '\x1b'"),
        CASE("{\"execute\":\"guest-pi\xfe", "!stray '\"guest-pi\xEF\xBF\xBD'"),
        CASE("{\"a\":\"b\0", "!stray '\"b'"),
        CASE("{\"a\":\"\xC3\xA4\t\"}[]", "!stray '\"\xC3\xA4\t'", "[]"),
        CASE("[\"a\\\n\"]", "!stray '\"a\\\n'"),
        CASE("HELLO", "!stray 'H'"),
        CASE("01", "!stray '01'"),
        CASE("-01", "!stray '-01'"),
        CASE("-\n", "!stray '-\n'"),
        CASE("1.\n", "!stray '1.\n'"),
        CASE("1E+\n", "!stray '1E+\n'"),
        CASE("1e\n", "!stray '1e\n'"),
        CASE("+1\n", "!stray '+'"),
        CASE(".5\n", "!stray '.'"),
        CASE("NaN\n", "!stray 'N'"),
        CASE("// c\n1 ", "!stray '/'", "1"),
        CASE("{\"a\":/*c*/1}[]", "!stray '/'", "[]"),
    };
    check_rows(rows, G_N_ELEMENTS(rows));
}

static void test_stray_text_is_bounded(void)
{
    g_autoptr(GString) bytes = g_string_new("\"");
    for (guint i = 0; i < 100; i++)
        g_string_append(bytes, "\xC3\xA4");
    g_string_append_c(bytes, '\n');
    g_autoptr(GPtrArray) events = events_of(bytes->str, bytes->len, cut_nowhere);
    g_assert_cmpuint(events->len, ==, 1);
    g_assert_cmpuint(strlen(events->pdata[0]), <, 90);
    g_assert_true(g_str_has_prefix(events->pdata[0], "!stray '...\xC3\xA4\xC3\xA4"));
    g_assert_true(g_str_has_suffix(events->pdata[0], "\xC3\xA4\n'"));
}

static void test_grammar(void)
{
    static const Case rows[] = {
        CASE("}\n", NO_VALUE),
        CASE("]\n", NO_VALUE),
        CASE(",\n", NO_VALUE),
        CASE(":\n", NO_VALUE),
        CASE("{]" PING, NO_VALUE, PONG),
        CASE("[}" PING, NO_VALUE, PONG),
        CASE("[{]}" PING, NO_VALUE, PONG),
        CASE("{\"execute\":}" PING, NO_VALUE, PONG),
        CASE("{\"execute\":\"x\",}" PING, NO_VALUE, PONG),
        CASE("{,}" PING, NO_VALUE, PONG),
        CASE("[1,]" PING, NO_VALUE, PONG),
        CASE("[,1]" PING, NO_VALUE, PONG),
        CASE("{1:2}" PING, "!key is not a string in object", PONG),
        CASE("{[]:2}" PING, "!key is not a string in object", PONG),
        CASE("{null:2}" PING, "!key is not a string in object", PONG),
        CASE("{execute:2}" PING, "!invalid keyword 'execute'", PONG),
        CASE("{\"execute\" \"x\"}" PING, "!missing : in object pair", PONG),
        CASE("{\"execute\"}" PING, "!missing : in object pair", PONG),
        CASE("{\"a\":1 \"b\":2}" PING, "!expected separator in dict", PONG),
        CASE("{\"a\":1:2}" PING, "!expected separator in dict", PONG),
        CASE("{\"a\":1]" PING, "!expected separator in dict", PONG),
        CASE("[1 2]" PING, "!expected separator in list", PONG),
        CASE("[1:2]" PING, "!expected separator in list", PONG),
        CASE("[1}" PING, "!expected separator in list", PONG),
        CASE("[1,{\"a\":[[]]}[]]" PING, "!expected separator in list", PONG),
        CASE("{\"a\":1,\"a\":2}" PING, "!duplicate key", PONG),
        CASE("{\"a\":{\"b\":1,\"c\":{},\"b\":2}}" PING, "!duplicate key", PONG),
        CASE("{\"a\":{\"a\":[{\"a\":1}]}}", "{\"a\": {\"a\": [{\"a\": 1}]}}"),
        CASE("{\"a\":1,'\\u0061':2}" PING, "!duplicate key", PONG),
        CASE("{\"execute\":nul}" PING, "!invalid keyword 'nul'", PONG),
        CASE("hello\n", "!invalid keyword 'hello'"),
        CASE("nullx\n", "!invalid keyword 'nullx'"),
    };
    check_rows(rows, G_N_ELEMENTS(rows));
}

static void test_strings(void)
{
    static const Case rows[] = {
        CASE("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\'\"", "\"\\\"\\\\/\\b\\f\\n\\r\\t'\""),
        CASE("'it\\'s \"so\"'", "\"it's \\\"so\\\"\""),
        CASE("\"a\\u0000b\"", "\"a\\u0000b\""),
        CASE("\"a\xC0\x80z\"", "\"a\\u0000z\""),
        CASE("\"\\u00e4\\u20AC\\ud83d\\ude00\x7f\"", "\"\\u00E4\\u20AC\\uD83D\\uDE00\\u007F\""),
        CASE("\"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80\"", "\"\\u00E4\\u20AC\\uD83D\\uDE00\""),
        CASE("\"\\q\"\n1 ", "!invalid escape sequence in string", "1"),
        CASE("[\"\\\xC3\xA4\"]1 ", "!invalid escape sequence in string", "1"),
        CASE("\"\\u12\"\n1 ", "!\\u12\" is not a valid Unicode character", "1"),
        CASE("\"\\u\"\n1 ", "!\\u\" is not a valid Unicode character", "1"),
        CASE("\"\\u12x4\"\n", "!\\u12x4 is not a valid Unicode character"),
        CASE("\"\\ud800\"\n", "!\\ud800 is not a valid Unicode character"),
        CASE("\"\\ud800\\u0041\"\n", "!\\ud800 is not a valid Unicode character"),
        CASE("\"\\ud800\\udc\"\n", "!\\ud800 is not a valid Unicode character"),
        CASE("\"\\udc00x\"\n", "!\\udc00 is not a valid Unicode character"),
        CASE("\"\\ufffe\"\n", "!\\ufffe is not a valid Unicode character"),
        CASE("\"\\ufdd0\"\n", "!\\ufdd0 is not a valid Unicode character"),
        CASE("\"\\ud83f\\udfff\"\n", "!\\ud83f\\udfff is not a valid Unicode character"),
        CASE("[\"\x80\"]1 ", "!invalid UTF-8 sequence in string", "1"),
        CASE("[\"\xC3\"]1 ", "!invalid UTF-8 sequence in string", "1"),
        CASE("[\"\xC0\xAF\"]1 ", "!invalid UTF-8 sequence in string", "1"),
        CASE("[\"\xE0\x80\x80\"]1 ", "!invalid UTF-8 sequence in string", "1"),
        CASE("[\"\xED\xA0\x80\"]1 ", "!invalid UTF-8 sequence in string", "1"),
        CASE("[\"\xEF\xBF\xBE\"]1 ", "!invalid UTF-8 sequence in string", "1"),
        CASE("[\"\xF4\x90\x80\x80\"]1 ", "!invalid UTF-8 sequence in string", "1"),
        CASE("[\"\xF8\x88\x80\x80\x80\"]1 ", "!invalid UTF-8 sequence in string", "1"),
        CASE("[\"\xC3\\u0084\"]1 ", "!invalid UTF-8 sequence in string", "1"),
        CASE("{\"\xC3(\":1}1 ", "!invalid UTF-8 sequence in string", "1"),
    };
    check_rows(rows, G_N_ELEMENTS(rows));
}

static void test_numbers(void)
{
    static const Case rows[] = {
        CASE("[0,-0,10,-12,1.50,1e2,1E+2,0.0e-0]", "[0, -0, 10, -12, 1.50, 1e2, 1E+2, 0.0e-0]"),
        CASE("123456789012345678901234567890 ", "123456789012345678901234567890"),
        CASE("1a\n", "1", "!invalid keyword 'a'"),
        CASE("[1e400]1 ", "!number '1e400' is out of range", "1"),
        CASE("[-1e400]1 ", "!number '-1e400' is out of range", "1"),
        CASE("[1e-400]", "[1e-400]"),
    };
    check_rows(rows, G_N_ELEMENTS(rows));
}

/* Each of these is one broken document. */
static void test_one_error(void)
{
    static const Case rows[] = {
        CASE("{\"execute\":\"guest\n-ping\"}\n" PING, "!stray '\"guest\n'", PONG),
        CASE("{\"id\":01}\n" PING, "!stray '01'", PONG),
        CASE("{\"id\":-}" PING, "!stray '-}'", PONG),
        CASE("{\"id\":-\"}\"}" PING, "!stray '-\"'", PONG),
        CASE("[[[x]]]" PING, "!invalid keyword 'x'", PONG),
        CASE("{\"a\":@,\"}]\":'\\'}',\"b\\\"}\":{}}" PING, "!stray '@'", PONG),
        CASE("@a:b,c[d]e{f}g\n" PING, "!stray '@'", PONG),
        CASE("-\n\"ghi\"\n", "!stray '-\n'", "\"ghi\""),
        CASE("}}} ]]] ,,, :::\n" PING, NO_VALUE, PONG),
        CASE("\"\\q\" \"\\q\" {\"a\"}\n" PING, "!invalid escape sequence in string", PONG),
        CASE("{\n  \"a\": [\n    01,\n    2\n  ],\n  \"b\": 1\n}\n" PING, "!stray '01'", PONG),
        CASE("{\n  \"a\": 01,\n  \"b\": [\n    {\n      \"c\": 1\n    }\n  ]\n}\n" PING,
             "!stray '01'", PONG),
        CASE("{\n  \"a\": 01,\n  \"b\": [\n    {\n      \"c\": x\n    }\n  ]\n}\n" PING,
             "!stray '01'", PONG),
        CASE("{\"a\":\"f() \n  {\n  x\n  }\n\"}" PING, "!stray '\"f() \n'", PONG),
    };
    check_rows(rows, G_N_ELEMENTS(rows));
}

static void test_cut_off(void)
{
    static const Case rows[] = {
        CASE("{\"execute\":\"guest-pi\n" PING "\n", "!stray '\"guest-pi\n'", PONG),
        CASE("{\"execute\":\"guest-pi\r\n" PING "\n", "!stray '\"guest-pi\r'", PONG),
        CASE("{\"execute\":\"guest-pi\n\n \t" PING "\n", "!stray '\"guest-pi\n'", PONG),
        CASE("{\"a\":\"b\n{\"a\":\"b\n" PING, "!stray '\"b\n'", "!stray '\"b\n'", PONG),
        CASE("{\"a\":{\"b\":1}\n" PING, "!expected separator in dict", PONG),
        CASE("{\"a\":{\"b\":1}\n \n  " PING "[]", "!expected separator in dict", PONG, "[]"),
        CASE("{\"a\":nul\n" PING, "!invalid keyword 'nul'", PONG),
        CASE("{\"execute\":\n" PING "\n" PING, "!expected separator in dict", PONG),
        CASE("{\"a\":1\n[" PING "]" PING, "!expected separator in dict"),
    };
    check_rows(rows, G_N_ELEMENTS(rows));
}

static void test_junk(void)
{
    static const Case rows[] = {
        CASE("HELLO" PING, "!stray 'H'", PONG),
        CASE("hello" PING, "!invalid keyword 'hello'", PONG),
        CASE("}}}" PING PING, NO_VALUE, PONG, PONG),
        CASE("-" PING, "!stray '-{'", PONG),
        CASE("HELLO {\"a\":1} " PING, "!stray 'H'", PONG),
        CASE("HELLO {\"a\":1}\n[1]", "!stray 'H'", "[1]"),
        CASE("HELLO [1] 2 \"x\" null\n", "!stray 'H'"),
        CASE("HELLO {{" PING, "!stray 'H'", PONG),
        CASE("HELLO {\"a\":01} " PING, "!stray 'H'", PONG),
        CASE("HELLO {f\n[1]", "!stray 'H'", "[1]"),
        CASE("HELLO {\"f\n[1]", "!stray 'H'", "[1]"),
        CASE("HELLO {\"execute\":\n\"guest-ping\"}", "!stray 'H'", PONG),
        CASE("HELLO {\"a\":{\"execute\":1}}\n", "!stray 'H'"),
        CASE("HELLO " PING " more\n1 ", "!stray 'H'", PONG, "!invalid keyword 'more'", "1"),
    };
    check_rows(rows, G_N_ELEMENTS(rows));
}

static void test_between(void)
{
    static const struct {
        const char *bytes;
        gboolean between;
    } rows[] = {
        {"", TRUE},         {PING, TRUE},   {PING "\n ", TRUE}, {"{", FALSE},
        {"1", FALSE},       {"1\n", TRUE},  {"\"", FALSE},      {"{\xff", TRUE},
        {"{\"a\":}", TRUE}, {"{]}", FALSE}, {"}", FALSE},       {"}\n", TRUE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(VaWire) wire = va_wire_new();
        g_autoptr(GPtrArray) events = g_ptr_array_new_with_free_func(g_free);
        feed(wire, rows[i].bytes, strlen(rows[i].bytes), cut_nowhere, events);
        g_assert_cmpint(va_wire_is_between(wire), ==, rows[i].between);
    }
}

/* Any bytes, chosen so that they often mean something. */
static void test_random_streams(void)
{
    static const char *const words[] = {
        "{",    "}",    "[",  "]",    ",",       ":",    "\"",    "'",    "\\",          "\n",
        " ",    "\xff", "1",  "-",    "e",       "null", "\"a\"", PING,   "\r",          "\xC3",
        "\xA4", "\\u",  "d8", "\xfe", "{\"a\":", "@",    "\n{",   "\n {", "\"execute\":"};
    for (guint round = 0; round < 3000; round++) {
        g_autoptr(GString) bytes = g_string_new(NULL);
        for (gint n = g_test_rand_int_range(1, 40); n > 0; n--)
            g_string_append(bytes, words[g_test_rand_int_range(0, G_N_ELEMENTS(words))]);
        g_autoptr(GPtrArray) whole = events_of(bytes->str, bytes->len, cut_nowhere);
        g_autoptr(GPtrArray) single = events_of(bytes->str, bytes->len, cut_everywhere);
        g_autoptr(GPtrArray) pieces = events_of(bytes->str, bytes->len, cut_somewhere);
        g_ptr_array_add(whole, NULL);
        g_ptr_array_add(single, NULL);
        g_ptr_array_add(pieces, NULL);
        g_assert_cmpstrv((char **)whole->pdata, (char **)single->pdata);
        g_assert_cmpstrv((char **)whole->pdata, (char **)pieces->pdata);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/a-document-ends-with-its-last-byte", test_framing);
    g_test_add_func("/wire/0xff-resets-silently", test_reset);
    g_test_add_func("/wire/a-stray-byte-is-shown-with-its-token", test_strays);
    g_test_add_func("/wire/the-text-of-a-stray-is-bounded", test_stray_text_is_bounded);
    g_test_add_func("/wire/grammar-errors-have-their-words", test_grammar);
    g_test_add_func("/wire/strings-are-strict", test_strings);
    g_test_add_func("/wire/numbers-are-kept-digit-for-digit", test_numbers);
    g_test_add_func("/wire/a-broken-document-costs-one-error", test_one_error);
    g_test_add_func("/wire/a-request-after-a-cut-off-one-is-read", test_cut_off);
    g_test_add_func("/wire/a-request-amid-junk-is-read", test_junk);
    g_test_add_func("/wire/between-documents-is-known", test_between);
    g_test_add_func("/wire/cuts-do-not-matter", test_random_streams);
    return g_test_run();
}
