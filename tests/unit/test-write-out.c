/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-freeze.h"
#include "write-out.h"

#define MIB ((gint64)1024 * 1024)

static const gint never = 0;

static void assert_looks(guint expected)
{
    guint looks = 0;
    g_autofree char *calls = fake_freeze_calls();
    g_auto(GStrv) lines = g_strsplit(calls, "\n", -1);

    g_assert_cmpstr(lines[0], ==, "write out");
    for (char **line = lines; *line; line++)
        looks += g_str_equal(*line, "unwritten") ? 1 : 0;
    if (expected)
        g_assert_cmpuint(looks, ==, expected);
}

static void test_it_waits_until_little_is_left(void)
{
    static const gint64 left[] = {100 * MIB, 60 * MIB, 20 * MIB, 1, 0};

    fake_freeze_reset(NULL);
    fake_freeze_set_unwritten(left, G_N_ELEMENTS(left));
    va_write_out(3600, &never);
    assert_looks(4);
}

static void test_it_does_not_wait_for_what_gets_no_less(void)
{
    static const gint64 left[] = {100 * MIB, 90 * MIB, 95 * MIB};
    gint64 start = g_get_monotonic_time();

    fake_freeze_reset(NULL);
    fake_freeze_set_unwritten(left, G_N_ELEMENTS(left)); /* the last for ever */
    va_write_out(3600, &never);
    g_assert_cmpint(g_get_monotonic_time() - start, >=, G_USEC_PER_SEC);
    assert_looks(0);
}

static void test_it_can_be_given_up(void)
{
    static const gint64 left[] = {100 * MIB};
    static const gint given_up = 1;

    fake_freeze_reset(NULL);
    fake_freeze_set_unwritten(left, G_N_ELEMENTS(left));
    va_write_out(3600, &given_up);
    va_write_out(0, &never);
    assert_looks(0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/write-out/waits-until-little-is-left", test_it_waits_until_little_is_left);
    g_test_add_func("/write-out/does-not-wait-for-what-gets-no-less",
                    test_it_does_not_wait_for_what_gets_no_less);
    g_test_add_func("/write-out/can-be-given-up", test_it_can_be_given_up);
    return g_test_run();
}
