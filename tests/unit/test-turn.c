/* SPDX-License-Identifier: Apache-2.0 */
#include "turn.h"

static void woken(gpointer data)
{
    (*(guint *)data)++;
}

static void test_one_goes_alone(void)
{
    g_autoptr(VaTurn) turn = va_turn_new();
    guint first = 0, second = 0, third = 0;

    g_assert_true(va_turn_take(turn, woken, &first));
    g_assert_false(va_turn_take(turn, woken, &second));
    g_assert_false(va_turn_take(turn, woken, &third));
    va_turn_give(turn, &first);
    g_assert_cmpuint(second, ==, 1);
    g_assert_cmpuint(third, ==, 0);
    va_turn_give(turn, &second);
    g_assert_cmpuint(third, ==, 1);
    va_turn_give(turn, &third);
    g_assert_true(va_turn_take(turn, woken, &first));
    g_assert_cmpuint(first, ==, 0);
}

static void test_a_place_can_be_given_up(void)
{
    g_autoptr(VaTurn) turn = va_turn_new();
    guint first = 0, second = 0, third = 0;

    va_turn_take(turn, woken, &first);
    va_turn_take(turn, woken, &second);
    va_turn_take(turn, woken, &third);
    va_turn_give(turn, &second);
    va_turn_give(turn, &first);
    g_assert_cmpuint(second, ==, 0);
    g_assert_cmpuint(third, ==, 1);
}

static void test_who_was_passed_has_no_say(void)
{
    g_autoptr(VaTurn) turn = va_turn_new();
    guint stuck = 0, next = 0, last = 0;

    va_turn_take(turn, woken, &stuck);
    va_turn_take(turn, woken, &next);
    va_turn_take(turn, woken, &last);
    va_turn_pass(turn);
    g_assert_cmpuint(next, ==, 1);
    va_turn_give(turn, &stuck);
    g_assert_cmpuint(last, ==, 0);
    va_turn_give(turn, &next);
    g_assert_cmpuint(last, ==, 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/turn/one-goes-alone", test_one_goes_alone);
    g_test_add_func("/turn/a-place-can-be-given-up", test_a_place_can_be_given_up);
    g_test_add_func("/turn/who-was-passed-has-no-say", test_who_was_passed_has_no_say);
    return g_test_run();
}
