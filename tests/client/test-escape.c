/* SPDX-License-Identifier: Apache-2.0 */
#include "escape.h"

#include <string.h>

typedef struct {
    const char *in, *out;
} Pair;

static void check_lines(const Pair *pairs, gsize n)
{
    for (gsize i = 0; i < n; i++) {
        g_autofree char *out = escape_line(pairs[i].in, strlen(pairs[i].in));
        g_assert_cmpstr(out, ==, pairs[i].out);
    }
}

static void test_text_passes(void)
{
    static const Pair pairs[] = {
        {"", ""},
        {"web-01 (a~z)", "web-01 (a~z)"},
        {"C:\\Windows", "C:\\Windows"},
        {"J\303\274rgen \346\274\242 \360\237\230\200",
         "J\303\274rgen \346\274\242 \360\237\230\200"},
    };
    check_lines(pairs, G_N_ELEMENTS(pairs));
}

static void test_controls_are_shown(void)
{
    static const Pair pairs[] = {
        {"\033[31mred", "\\x1b[31mred"},
        {"a\nb\tc\rd", "a\\x0ab\\x09c\\x0dd"},
        {"\177\a", "\\x7f\\x07"},
        {"\302\233"
         "31m",
         "\\u009B31m"}, /* C1: CSI */
    };
    check_lines(pairs, G_N_ELEMENTS(pairs));
}

static void test_deceiving_characters_are_shown(void)
{
    static const Pair pairs[] = {
        {"\342\200\256txt.exe", "\\u202Etxt.exe"}, {"\342\201\246x\342\201\251", "\\u2066x\\u2069"},
        {"a\342\200\213b", "a\\u200Bb"},           {"a\342\200\250b", "a\\u2028b"},
        {"\363\240\200\201", "\\U000E0001"},
    };
    check_lines(pairs, G_N_ELEMENTS(pairs));
}

static void test_bytes_that_are_no_text_are_shown(void)
{
    static const Pair pairs[] = {
        {"\377\376", "\\xff\\xfe"},
        {"\303(", "\\xc3("},
        {"\355\240\200", "\\xed\\xa0\\x80"}, /* a surrogate */
        {"\300\200", "\\xc0\\x80"},          /* an overlong form */
        {"end\346\274", "end\\xe6\\xbc"},    /* a character cut off */
        {"\233"
         "31m",
         "\\x9b31m"},
    };
    check_lines(pairs, G_N_ELEMENTS(pairs));
    g_autofree char *nul = escape_line("a\0b", 3);
    g_assert_cmpstr(nul, ==, "a\\x00b");
}

static void test_a_text_keeps_its_layout(void)
{
    g_autoptr(GString) out = g_string_new(NULL);
    const char *in = "one\ttwo\r\nthree\n\033c\r!";
    g_assert_cmpuint(escape_append(out, in, strlen(in), ESCAPE_TEXT, TRUE), ==, strlen(in));
    g_assert_cmpstr(out->str, ==, "one\ttwo\r\nthree\n\\x1bc\\x0d!");
}

/* Wherever a stream is cut, the same text comes out. */
static void test_cuts_do_not_show(void)
{
    const char *in = "\346\274\242\r\n\033\303\274\360\237\230\200\300\200\355\240\200.\r";
    gsize length = strlen(in);
    g_autoptr(GString) whole = g_string_new(NULL);
    escape_append(whole, in, length, ESCAPE_TEXT, TRUE);

    for (gsize cut = 0; cut <= length; cut++) {
        g_autoptr(GString) out = g_string_new(NULL);
        gsize used = escape_append(out, in, cut, ESCAPE_TEXT, FALSE);
        g_assert_cmpuint(used, <=, cut);
        g_assert_cmpuint(cut - used, <, 4);
        escape_append(out, in + used, length - used, ESCAPE_TEXT, TRUE);
        g_assert_cmpstr(out->str, ==, whole->str);
    }
}

/* Whatever comes in, nothing that a terminal obeys comes out. */
static void test_no_byte_sequence_gets_through(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(1);
    for (int round = 0; round < 2000; round++) {
        char in[32];
        for (gsize i = 0; i < sizeof in; i++)
            in[i] = (char)g_rand_int_range(rand, 0, 256);
        g_autofree char *out = escape_line(in, sizeof in);
        g_assert_true(g_utf8_validate(out, -1, NULL));
        for (const char *p = out; *p; p = g_utf8_next_char(p))
            g_assert_true(g_unichar_isprint(g_utf8_get_char(p)));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/escape/text-passes", test_text_passes);
    g_test_add_func("/escape/controls-are-shown", test_controls_are_shown);
    g_test_add_func("/escape/deceiving-characters-are-shown", test_deceiving_characters_are_shown);
    g_test_add_func("/escape/bytes-that-are-no-text-are-shown",
                    test_bytes_that_are_no_text_are_shown);
    g_test_add_func("/escape/a-text-keeps-its-layout", test_a_text_keeps_its_layout);
    g_test_add_func("/escape/cuts-do-not-show", test_cuts_do_not_show);
    g_test_add_func("/escape/no-byte-sequence-gets-through", test_no_byte_sequence_gets_through);
    return g_test_run();
}
