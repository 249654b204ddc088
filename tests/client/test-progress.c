/* SPDX-License-Identifier: Apache-2.0 */
#include "progress.h"

#define MIB (1024 * 1024)

static void check_size(double bytes, const char *expected)
{
    g_autofree char *text = progress_size(bytes);
    g_assert_cmpstr(text, ==, expected);
}

static void test_sizes_read_well(void)
{
    check_size(0, "0 B");
    check_size(1023, "1023 B");
    check_size(1024, "1.0 KiB");
    check_size(1024 * 1024 - 1, "1.0 MiB");
    check_size(12.34 * MIB, "12.3 MiB");
    check_size(9.2e18, "8.0 EiB");
}

static void check_text(const char *name, gint64 done, gint64 total, double seconds,
                       const char *expected)
{
    g_autofree char *text = progress_text(name, done, total, seconds);
    g_assert_cmpstr(text, ==, expected);
}

static void test_a_known_size_gives_a_bar(void)
{
    check_text("disk.img", 25 * MIB, 100 * MIB, 5,
               "disk.img            25% [===>        ]   25.0 MiB     5.0 MiB/s  0:15 left");
    check_text("disk.img", 100 * MIB, 100 * MIB, 20,
               "disk.img           100% [============]  100.0 MiB     5.0 MiB/s  0:00 left");
    check_text("disk.img", MIB, 7201 * (gint64)MIB, 1,
               "disk.img             0% [>           ]    1.0 MiB     1.0 MiB/s  2:00:00 left");
}

static void test_an_unknown_size_gives_no_percentage(void)
{
    const char *plain = "pipe                 25.0 MiB     5.0 MiB/s";
    check_text("pipe", 25 * MIB, -1, 5, plain);
    check_text("pipe", 25 * MIB, 0, 5, plain);
}

static void test_a_lie_about_the_size_is_dropped(void)
{
    check_text("liar", 25 * MIB, 10, 5, "liar                 25.0 MiB     5.0 MiB/s");
}

static void test_the_beginning_says_nothing_silly(void)
{
    check_text("x", 0, 100, 0, "x                    0% [>           ]        0 B");
    check_text("x", 1, G_MAXINT64, 10000, /* ages are not forecast */
               "x                    0% [>           ]        1 B         0 B/s");
}

static void test_a_line_fits_a_terminal(void)
{
    g_autofree char *text = progress_text("/a/very/long/path/to/some/file/at/last.img",
                                          1023 * (gint64)MIB, 90000 * (gint64)MIB, 1023);
    g_assert_cmpint(g_utf8_strlen(text, -1), <, 80);
    g_assert_true(g_str_has_prefix(text, "...ile/at/last.img "));
}

static void test_a_name_cannot_command_the_terminal(void)
{
    check_text("a\033[2Jb", 0, -1, 0, "a\\x1b[2Jb                 0 B");
}

static void test_wide_characters_take_two_columns(void)
{
    check_text("\u7f51\u7f51", 0, -1, 0, "\u7f51\u7f51                      0 B");
    check_text("/a/long/path/abc\u7f51\u7f51\u7f51\u7f51\u7f51\u7f51", 0, -1, 0,
               "...abc\u7f51\u7f51\u7f51\u7f51\u7f51\u7f51        0 B");
    check_text("/a/long/path/\u7f51\u7f51\u7f51\u7f51\u7f51\u7f51\u7f51\u7f51", 0, -1, 0,
               "...\u7f51\u7f51\u7f51\u7f51\u7f51\u7f51\u7f51         0 B");
}

/* Two columns more are for the ^C that a terminal may add. */
static void test_the_longest_line_leaves_room(void)
{
    g_autofree char *text = progress_text("/a/very/long/path/to/some/file/at/last.img",
                                          (gint64)MIB * 1000, (gint64)MIB * 7000000, 20.2);
    g_assert_true(g_str_has_suffix(text, " left"));
    g_assert_cmpint(g_utf8_strlen(text, -1), ==, 78);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/progress/sizes-read-well", test_sizes_read_well);
    g_test_add_func("/progress/a-known-size-gives-a-bar", test_a_known_size_gives_a_bar);
    g_test_add_func("/progress/an-unknown-size-gives-no-percentage",
                    test_an_unknown_size_gives_no_percentage);
    g_test_add_func("/progress/a-lie-about-the-size-is-dropped",
                    test_a_lie_about_the_size_is_dropped);
    g_test_add_func("/progress/the-beginning-says-nothing-silly",
                    test_the_beginning_says_nothing_silly);
    g_test_add_func("/progress/a-line-fits-a-terminal", test_a_line_fits_a_terminal);
    g_test_add_func("/progress/a-name-cannot-command-the-terminal",
                    test_a_name_cannot_command_the_terminal);
    g_test_add_func("/progress/wide-characters-take-two-columns",
                    test_wide_characters_take_two_columns);
    g_test_add_func("/progress/the-longest-line-leaves-room", test_the_longest_line_leaves_room);
    return g_test_run();
}
