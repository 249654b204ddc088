/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-freeze.h"
#include "freeze-plan.h"

static const gint never = 0;

static GPtrArray *paths_of(const char *const *paths)
{
    GPtrArray *array = g_ptr_array_new();
    for (; *paths; paths++)
        g_ptr_array_add(array, (gpointer)*paths);
    return array;
}

#define PATHS(...) paths_of((const char *const[]){__VA_ARGS__, NULL})

static VaFreezePlan *plan(const GPtrArray *paths, const GPtrArray *skip)
{
    g_autoptr(GError) error = NULL;
    VaFreezePlan *made = va_freeze_plan_new(paths, skip, &error);
    g_assert_no_error(error);
    return made;
}

static VaFreezeItem *item(VaFreezePlan *plan, guint index)
{
    g_assert_cmpuint(index, <, plan->items->len);
    return plan->items->pdata[index];
}

static void assert_skipped(const VaFreezeItem *item, const char *reason)
{
    g_assert_cmpint(item->state, ==, VA_FREEZE_SKIPPED);
    g_assert_cmpstr(item->reason, ==, reason);
}

static void test_all_in_the_order_of_the_system(void)
{
    FakeFilesystem all[] = {{.mountpoint = "/b"}, {.mountpoint = "/a"}, {0}};
    fake_freeze_reset(all);
    g_autoptr(VaFreezePlan) made = plan(NULL, NULL);

    g_assert_cmpuint(made->items->len, ==, 2);
    g_assert_cmpstr(item(made, 0)->filesystem->mountpoint, ==, "/b");
    g_assert_cmpstr(item(made, 1)->filesystem->mountpoint, ==, "/a");
}

static void test_what_is_skipped_says_why(void)
{
    FakeFilesystem all[] = {{.mountpoint = "/nfs", .obstacle = "network filesystem"},
                            {.mountpoint = "/scratch"},
                            {.mountpoint = "/"},
                            {0}};
    fake_freeze_reset(all);
    g_autoptr(GPtrArray) skip = PATHS("/scratch", "/is-not-mounted");
    g_autoptr(VaFreezePlan) made = plan(NULL, skip);

    assert_skipped(item(made, 0), "network filesystem");
    assert_skipped(item(made, 1), "named by fsfreeze-skip");
    g_assert_cmpint(item(made, 2)->state, ==, VA_FREEZE_PLANNED);
}

static void test_a_list_names_what_is_in_it(void)
{
    FakeFilesystem all[] = {{.mountpoint = "/b"}, {.mountpoint = "/a"}, {0}};
    fake_freeze_reset(all);
    g_autoptr(GPtrArray) paths = PATHS("/a", "/a");
    g_autoptr(VaFreezePlan) made = plan(paths, NULL);

    g_assert_cmpuint(made->items->len, ==, 1);
    g_assert_cmpstr(item(made, 0)->filesystem->mountpoint, ==, "/a");
}

static void test_a_path_that_is_none_is_an_error(void)
{
    FakeFilesystem all[] = {{.mountpoint = "/a"}, {0}};
    fake_freeze_reset(all);
    g_autoptr(GPtrArray) paths = PATHS("/a", "/a/below");
    g_autoptr(GError) error = NULL;

    g_assert_null(va_freeze_plan_new(paths, NULL, &error));
    g_assert_cmpstr(error->message, ==, "'/a/below' is not a mount point");
}

static gboolean prepare(VaFreezePlan *made, VaPrepare what, guint seconds, GError **error)
{
    return va_freeze_plan_prepare(made, VA_FREEZE_PLANNED, what, seconds, &never, error);
}

static void test_all_are_written_out(void)
{
    FakeFilesystem all[] = {{.mountpoint = "/a"}, {.mountpoint = "/b", .obstacle = "pink"}, {0}};
    fake_freeze_reset(all);
    g_autoptr(VaFreezePlan) made = plan(NULL, NULL);
    g_autoptr(GError) error = NULL;

    g_assert_true(prepare(made, VA_PREPARE_WRITE_OUT, 10, &error));
    g_assert_no_error(error);
    g_autofree char *calls = fake_freeze_calls();
    g_assert_cmpstr(calls, ==, "list\nopen /a\nsync /a\n");
    g_assert_cmpint(item(made, 0)->write_out_ms, >=, 0);
    g_assert_cmpint(item(made, 1)->write_out_ms, ==, -1);
}

static void test_what_cannot_be_opened_is_an_error(void)
{
    FakeFilesystem all[] = {{.mountpoint = "/a", .failure = "open"}, {0}};
    fake_freeze_reset(all);
    g_autoptr(VaFreezePlan) made = plan(NULL, NULL);
    g_autoptr(GError) error = NULL;

    g_assert_false(prepare(made, VA_PREPARE_OPEN, 10, &error));
    g_assert_cmpstr(error->message, ==, "failed to open '/a': scripted");
    g_assert_cmpstr(item(made, 0)->problem, ==, "failed to open '/a': scripted");
}

static void test_what_cannot_be_written_out_is_noted(void)
{
    FakeFilesystem all[] = {{.mountpoint = "/a", .failure = "sync"}, {0}};
    fake_freeze_reset(all);
    g_autoptr(VaFreezePlan) made = plan(NULL, NULL);
    g_autoptr(GError) error = NULL;

    g_assert_true(prepare(made, VA_PREPARE_WRITE_OUT, 10, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(item(made, 0)->problem, ==, "failed to sync '/a': scripted");
}

/* The worker that stands keeps the plan: the sanitizers would tell. */
static void test_what_does_not_answer_is_left_behind(void)
{
    FakeFilesystem all[] = {{.mountpoint = "/dead", .stands = "sync"}, {0}};
    fake_freeze_reset(all);
    g_autoptr(VaFreezePlan) made = plan(NULL, NULL);
    g_autoptr(GError) error = NULL;

    g_assert_false(prepare(made, VA_PREPARE_WRITE_OUT, 1, &error));
    g_assert_cmpstr(error->message, ==, "'/dead' was not written out in time");
    g_clear_pointer(&made, va_freeze_plan_unref);
    fake_freeze_await_standing();
    fake_freeze_let_go();
    fake_freeze_await_closed(&all[0]);
}

static void test_giving_up_ends_the_wait(void)
{
    static const gint given_up = 1;
    FakeFilesystem all[] = {{.mountpoint = "/slow", .stands = "sync"}, {0}};
    fake_freeze_reset(all);
    g_autoptr(VaFreezePlan) made = plan(NULL, NULL);
    g_autoptr(GError) error = NULL;

    g_assert_false(va_freeze_plan_prepare(made, VA_FREEZE_PLANNED, VA_PREPARE_WRITE_OUT, 0,
                                          &given_up, &error));
    g_assert_cmpstr(error->message, ==, "given up before all filesystems were ready");
    fake_freeze_let_go();
    while (g_atomic_int_get(&made->references) > 1) /* the worker's */
        g_thread_yield();
    g_assert_false(all[0].open);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/freeze-plan/all-in-the-order-of-the-system",
                    test_all_in_the_order_of_the_system);
    g_test_add_func("/freeze-plan/what-is-skipped-says-why", test_what_is_skipped_says_why);
    g_test_add_func("/freeze-plan/a-list-names-what-is-in-it", test_a_list_names_what_is_in_it);
    g_test_add_func("/freeze-plan/a-path-that-is-none-is-an-error",
                    test_a_path_that_is_none_is_an_error);
    g_test_add_func("/freeze-plan/all-are-written-out", test_all_are_written_out);
    g_test_add_func("/freeze-plan/what-cannot-be-opened-is-an-error",
                    test_what_cannot_be_opened_is_an_error);
    g_test_add_func("/freeze-plan/what-cannot-be-written-out-is-noted",
                    test_what_cannot_be_written_out_is_noted);
    g_test_add_func("/freeze-plan/what-does-not-answer-is-left-behind",
                    test_what_does_not_answer_is_left_behind);
    g_test_add_func("/freeze-plan/giving-up-ends-the-wait", test_giving_up_ends_the_wait);
    return g_test_run();
}
