/* SPDX-License-Identifier: Apache-2.0 */
#include "card.h"
#include "facts.h"

#include <string.h>

static void test_values_stand_in_a_column(void)
{
    g_auto(Card) card = {0};
    card_init(&card, FALSE);
    card_line(&card, "Host name", "web-01");
    card_printf(&card, "", "%d", 42);
    card_warning(&card, "Storage", "frozen");
    g_assert_cmpstr(card.text->str, ==,
                    "  Host name  web-01\n"
                    "             42\n"
                    "  Storage    frozen\n");
}

static void test_a_value_cannot_leave_its_line(void)
{
    g_auto(Card) card = {0};
    card_init(&card, FALSE);
    card_line(&card, "Host name", "a\n  Agent      fine\033[8m");
    g_assert_cmpstr(card.text->str, ==, "  Host name  a\\x0a  Agent      fine\\x1b[8m\n");
}

static void test_an_absurd_value_is_cut(void)
{
    g_auto(Card) card = {0};
    g_autofree char *value = g_strnfill(100000, 'x');
    card_init(&card, FALSE);
    card_line(&card, "Host name", value);
    g_assert_cmpuint(card.text->len, <, 600);
    g_assert_true(g_str_has_suffix(card.text->str, "x...\n"));
}

/* 66 columns are left of the 79 that are used. */
static void test_a_long_value_is_folded(void)
{
    g_auto(Card) card = {0};
    g_autofree char *half = g_strnfill(33, 'a'), *whole = g_strnfill(66, 'b');
    g_autofree char *value = g_strdup_printf("%s%s%s c", half, half, whole);
    g_autofree char *expected = g_strdup_printf("  Host name  %s%s\n"
                                                "             %s\n"
                                                "             c\n",
                                                half, half, whole);
    card_init(&card, FALSE);
    card_line(&card, "Host name", value);
    g_assert_cmpstr(card.text->str, ==, expected);
}

static void test_a_value_is_folded_at_a_blank(void)
{
    g_auto(Card) card = {0};
    card_init(&card, TRUE);
    card_warning(&card, "Time",
                 "2026-03-01 12:00:03 W. Europe Standard Time (117 min behind this host)");
    g_assert_cmpstr(card.text->str, ==,
                    "  \033[2mTime\033[0m       "
                    "\033[1;33m2026-03-01 12:00:03 W. Europe Standard Time (117 min behind "
                    "this\033[0m\n"
                    "             \033[1;33mhost)\033[0m\n");
}

static void test_wide_characters_take_two_columns(void)
{
    g_auto(Card) card = {0};
    g_autoptr(GString) value = g_string_new(NULL);
    for (int i = 0; i < 34; i++)
        g_string_append(value, "\u7f51");
    card_init(&card, FALSE);
    card_line(&card, "Host name", value->str);
    g_assert_true(g_str_has_suffix(card.text->str, "\n             \u7f51\n"));
}

static void test_an_empty_value_is_a_line(void)
{
    g_auto(Card) card = {0};
    card_init(&card, FALSE);
    card_line(&card, "Host name", "");
    g_assert_cmpstr(card.text->str, ==, "  Host name  \n");
}

static void test_words_are_wrapped_at_80_columns(void)
{
    g_auto(Card) card = {0};
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    for (int i = 0; i < 12; i++)
        g_ptr_array_add(words, (gpointer) "guest-get-something");
    card_init(&card, FALSE);
    card_words(&card, "Off", words);

    g_auto(GStrv) lines = g_strsplit(card.text->str, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, 5);
    g_assert_true(g_str_has_prefix(lines[0], "  Off        guest-get"));
    g_assert_true(g_str_has_prefix(lines[1], "             guest-get"));
    for (guint i = 0; lines[i]; i++)
        g_assert_cmpuint(strlen(lines[i]), <, 80);
    g_assert_true(g_str_has_suffix(lines[3], "guest-get-something"));
}

static void test_style_is_for_terminals(void)
{
    g_auto(Card) card = {0};
    card_init(&card, TRUE);
    card_line(&card, "Load", "0.1");
    card_warning(&card, "Storage", "frozen");
    g_assert_cmpstr(card.text->str, ==,
                    "  \033[2mLoad\033[0m       0.1\n"
                    "  \033[2mStorage\033[0m    \033[1;33mfrozen\033[0m\n");
}

static void check_duration(double seconds, const char *expected)
{
    g_autofree char *text = facts_duration(seconds);
    g_assert_cmpstr(text, ==, expected);
}

static void test_durations_read_well(void)
{
    check_duration(0.56, "0.6 s");
    check_duration(119, "119.0 s");
    check_duration(120, "2 min");
    check_duration(7200, "2 h");
    check_duration(86400 * 20, "20 days");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/card/values-stand-in-a-column", test_values_stand_in_a_column);
    g_test_add_func("/card/a-value-cannot-leave-its-line", test_a_value_cannot_leave_its_line);
    g_test_add_func("/card/an-absurd-value-is-cut", test_an_absurd_value_is_cut);
    g_test_add_func("/card/a-long-value-is-folded", test_a_long_value_is_folded);
    g_test_add_func("/card/a-value-is-folded-at-a-blank", test_a_value_is_folded_at_a_blank);
    g_test_add_func("/card/wide-characters-take-two-columns",
                    test_wide_characters_take_two_columns);
    g_test_add_func("/card/an-empty-value-is-a-line", test_an_empty_value_is_a_line);
    g_test_add_func("/card/words-are-wrapped-at-80-columns", test_words_are_wrapped_at_80_columns);
    g_test_add_func("/card/style-is-for-terminals", test_style_is_for_terminals);
    g_test_add_func("/card/durations-read-well", test_durations_read_well);
    return g_test_run();
}
