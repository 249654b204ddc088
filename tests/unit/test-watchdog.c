/* SPDX-License-Identifier: Apache-2.0 */
#include "watchdog.h"

#define AN_HOUR ((gint64)3600 * G_USEC_PER_SEC)

typedef struct {
    GAsyncQueue *bites;
    VaWatchdog *dog;
} Yard;

static void bite(gpointer data)
{
    Yard *yard = data;
    g_async_queue_push(yard->bites, GINT_TO_POINTER(1));
}

static void yard_open(Yard *yard, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    yard->bites = g_async_queue_new();
    yard->dog = va_watchdog_new(bite, yard, &error);
    g_assert_no_error(error);
}

static void yard_close(Yard *yard, gconstpointer data)
{
    va_watchdog_free(yard->dog);
    g_assert_null(g_async_queue_try_pop(yard->bites));
    g_async_queue_unref(yard->bites);
}

static void test_bites_once(Yard *yard, gconstpointer data)
{
    gint64 when = g_get_monotonic_time() + 20000;

    va_watchdog_set(yard->dog, when);
    g_async_queue_pop(yard->bites);
    g_assert_cmpint(g_get_monotonic_time(), >=, when);
}

static void test_a_time_is_replaced(Yard *yard, gconstpointer data)
{
    va_watchdog_set(yard->dog, g_get_monotonic_time() + AN_HOUR);
    va_watchdog_set(yard->dog, g_get_monotonic_time());
    g_async_queue_pop(yard->bites);
}

static void test_a_time_is_taken_back(Yard *yard, gconstpointer data)
{
    va_watchdog_set(yard->dog, g_get_monotonic_time() + AN_HOUR);
    va_watchdog_set(yard->dog, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/watchdog/bites-once", Yard, NULL, yard_open, test_bites_once, yard_close);
    g_test_add("/watchdog/a-time-is-replaced", Yard, NULL, yard_open, test_a_time_is_replaced,
               yard_close);
    g_test_add("/watchdog/a-time-is-taken-back", Yard, NULL, yard_open, test_a_time_is_taken_back,
               yard_close);
    return g_test_run();
}
