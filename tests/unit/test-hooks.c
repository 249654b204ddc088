/* SPDX-License-Identifier: Apache-2.0 */
#include "hooks.h"

#include "fake-hooks.h"
#include "fake-run.h"

#include <string.h>

#define FAILED "child process has failed to execute fsfreeze hook: "

static const char *const abc[] = {"a", "b", "c", NULL};

static void set_up(void)
{
    fake_info_reset();
    fake_run_reset();
    fake_hooks_reset();
    fake_hooks()->directory = "/d";
    fake_hooks()->names = abc;
}

static VaHooks *make(const char *program, guint time_limit)
{
    g_autoptr(GError) error = NULL;
    const VaHookSettings settings = {"/d", program, time_limit};
    VaHooks *hooks = va_hooks_new(&settings, &error);

    g_assert_no_error(error);
    g_assert_nonnull(hooks);
    g_string_truncate(fake_info()->calls, 0);
    return hooks;
}

static void assert_fails_to_make(const VaHookSettings *settings, const char *message)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(va_hooks_new(settings, &error));
    g_assert_cmpstr(error->message, ==, message);
}

/* What was run since the last call, as "/d/a freeze, /d/b freeze". */
static void assert_ran(const char *expected)
{
    g_autoptr(GString) ran = g_string_new(fake_info()->calls->str);
    g_string_replace(ran, "os_run ", "", 0);
    g_string_replace(ran, "\n", ", ", 0);
    if (ran->len >= 2)
        g_string_truncate(ran, ran->len - 2);
    g_assert_cmpstr(ran->str, ==, expected);
    g_string_truncate(fake_info()->calls, 0);
}

static void assert_freezes(VaHooks *hooks)
{
    g_autoptr(GError) error = NULL;
    g_assert_true(va_hooks_freeze(hooks, &error));
    g_assert_no_error(error);
}

static void assert_fails_to_freeze(VaHooks *hooks, const char *message)
{
    g_autoptr(GError) error = NULL;
    g_assert_false(va_hooks_freeze(hooks, &error));
    g_assert_cmpstr(error->message, ==, message);
}

static void assert_releases(VaHooks *hooks, VaHookPhase phase)
{
    g_autoptr(GError) error = NULL;
    g_assert_true(va_hooks_release(hooks, phase, &error));
    g_assert_no_error(error);
}

static void test_order(void)
{
    set_up();
    g_autoptr(VaHooks) hooks = make("/old", 60);

    assert_freezes(hooks);
    assert_ran("/old freeze, /d/a freeze, /d/b freeze, /d/c freeze");
    assert_releases(hooks, VA_HOOK_THAW);
    assert_ran("/d/c thaw, /d/b thaw, /d/a thaw, /old thaw");
}

static void test_abort(void)
{
    set_up();
    g_autoptr(VaHooks) hooks = make("/old", 60);

    assert_freezes(hooks);
    assert_ran("/old freeze, /d/a freeze, /d/b freeze, /d/c freeze");
    assert_releases(hooks, VA_HOOK_ABORT);
    assert_ran("/d/c abort, /d/b abort, /d/a abort, /old thaw");
}

static void test_failure_aborts_what_was_begun(void)
{
    set_up();
    g_autoptr(VaHooks) hooks = make("/old", 60);
    fake_run_set("/d/b freeze", &(FakeRun){.status = 3, .output = "no\nserver\n"});

    assert_fails_to_freeze(hooks, FAILED "'/d/b': exit status 3: no; server");
    assert_ran("/old freeze, /d/a freeze, /d/b freeze, /d/b abort, /d/a abort, /old thaw");
    assert_releases(hooks, VA_HOOK_THAW);
    assert_ran("");
}

static void test_failing_program_is_released_too(void)
{
    set_up();
    g_autoptr(VaHooks) hooks = make("/old", 60);
    fake_run_set("/old freeze", &(FakeRun){.signaled = TRUE, .status = 9});

    assert_fails_to_freeze(hooks, FAILED "'/old': signal 9");
    assert_ran("/old freeze, /old thaw");
}

static void test_failing_abort_stops_nothing(void)
{
    set_up();
    g_autoptr(VaHooks) hooks = make(NULL, 60);
    fake_run_set("/d/b", &(FakeRun){.status = 1});

    assert_fails_to_freeze(hooks, FAILED "'/d/b': exit status 1");
    assert_ran("/d/a freeze, /d/b freeze, /d/b abort, /d/a abort");
}

static void test_failing_thaw_stops_nothing(void)
{
    set_up();
    g_autoptr(VaHooks) hooks = make(NULL, 60);
    g_autoptr(GError) error = NULL;
    fake_run_set("/d/c thaw", &(FakeRun){.status = 1, .output = "first"});
    fake_run_set("/d/a thaw", &(FakeRun){.status = 2, .output = "second"});

    assert_freezes(hooks);
    g_assert_false(va_hooks_release(hooks, VA_HOOK_THAW, &error));
    g_assert_cmpstr(error->message, ==, FAILED "'/d/c': exit status 1: first");
    assert_ran("/d/a freeze, /d/b freeze, /d/c freeze, /d/c thaw, /d/b thaw, /d/a thaw");
}

static void test_time_limit(void)
{
    set_up();
    g_autoptr(VaHooks) hooks = make(NULL, 60);
    fake_run_set("/d/a freeze", &(FakeRun){.timed_out = TRUE, .output = "waiting\n"});

    assert_fails_to_freeze(hooks, FAILED "'/d/a': no end within 60 s: waiting");
    assert_ran("/d/a freeze, /d/a abort");
    g_assert_cmpuint(fake_run_time_limit(), ==, 60000);
}

static void test_time_limits(void)
{
    static const guint cases[][2] = {{0, 0}, {1, 1000}, {G_MAXUINT, G_MAXUINT / 1000 * 1000}};
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        set_up();
        g_autoptr(VaHooks) hooks = make(NULL, cases[i][0]);
        assert_freezes(hooks);
        g_assert_cmpuint(fake_run_time_limit(), ==, cases[i][1]);
    }
}

static void test_failure_to_start(void)
{
    set_up();
    g_autoptr(VaHooks) hooks = make(NULL, 60);
    fake_run_set("/d/a freeze", &(FakeRun){.failure = "Exec format error"});

    assert_fails_to_freeze(hooks, FAILED "'/d/a': failed to execute '/d/a': Exec format error");
    assert_ran("/d/a freeze, /d/a abort");
}

/* After a restart nobody knows which of them had run. */
static void test_release_without_freeze(void)
{
    set_up();
    g_autoptr(VaHooks) hooks = make("/old", 60);

    assert_releases(hooks, VA_HOOK_THAW);
    assert_ran("/d/c thaw, /d/b thaw, /d/a thaw, /old thaw");
    assert_releases(hooks, VA_HOOK_THAW);
    assert_ran("");
}

static void test_results(void)
{
    set_up();
    g_autoptr(VaHooks) hooks = make("/old", 60);
    fake_run_set("/d/a freeze", &(FakeRun){.status = 7});
    g_assert_cmpuint(va_hooks_results(hooks)->len, ==, 0);
    g_assert_false(va_hooks_freeze(hooks, NULL));

    static const struct {
        const char *path;
        VaHookPhase phase;
        const char *problem;
    } expected[] = {
        {"/old", VA_HOOK_FREEZE, NULL},
        {"/d/a", VA_HOOK_FREEZE, "exit status 7"},
        {"/d/a", VA_HOOK_ABORT, NULL},
        {"/old", VA_HOOK_ABORT, NULL},
    };
    const GPtrArray *results = va_hooks_results(hooks);
    g_assert_cmpuint(results->len, ==, G_N_ELEMENTS(expected));
    for (guint i = 0; i < results->len; i++) {
        const VaHookResult *result = g_ptr_array_index(results, i);
        g_assert_cmpstr(result->path, ==, expected[i].path);
        g_assert_cmpint(result->phase, ==, expected[i].phase);
        g_assert_cmpstr(result->problem, ==, expected[i].problem);
        g_assert_cmpuint(result->milliseconds, <, 20000);
    }
}

static void note_environment(const OsRun *run, gpointer data)
{
    char **envp = (char **)run->envp;
    const char *phase = g_environ_getenv(envp, "VIRTAGENT_PHASE");

    g_string_append_printf(data, "%s=%s ", run->argv[1], phase);
    g_assert_cmpstr(g_environ_getenv(envp, "TEST_HOOKS"), ==, "kept");
    g_assert_null(g_environ_getenv(envp, "NOTIFY_SOCKET"));
    g_assert_null(g_environ_getenv(envp, "LISTEN_FDS"));
}

static void test_environment(void)
{
    set_up();
    fake_hooks()->names = NULL;
    g_setenv("TEST_HOOKS", "kept", TRUE);
    g_setenv("NOTIFY_SOCKET", "/run/notify", TRUE);
    g_setenv("LISTEN_FDS", "1", TRUE);
    g_autoptr(GString) seen = g_string_new(NULL);
    g_autoptr(VaHooks) hooks = make("/old", 60);
    fake_run_watch(note_environment, seen);

    assert_freezes(hooks);
    assert_releases(hooks, VA_HOOK_ABORT);
    g_assert_cmpstr(seen->str, ==, "freeze=freeze thaw=abort ");
    g_unsetenv("NOTIFY_SOCKET");
    g_unsetenv("LISTEN_FDS");
}

static void test_none(void)
{
    set_up();
    fake_hooks()->names = NULL;
    g_autoptr(VaHooks) hooks = make(NULL, 60);
    g_autoptr(VaHooks) placeless = va_hooks_new(&(VaHookSettings){NULL, NULL, 60}, NULL);

    assert_freezes(hooks);
    assert_releases(hooks, VA_HOOK_THAW);
    g_string_truncate(fake_info()->calls, 0);
    assert_freezes(placeless);
    assert_ran("");
}

static void test_missing_program(void)
{
    set_up();
    fake_hooks()->missing = "/old";
    g_test_expect_message(G_LOG_DOMAIN, G_LOG_LEVEL_WARNING,
                          "failed to look at hook '/old': No such file or directory; *");
    g_autoptr(VaHooks) hooks = make("/old", 60);
    g_test_assert_expected_messages();

    assert_freezes(hooks);
    assert_ran("/d/a freeze, /d/b freeze, /d/c freeze");
    assert_releases(hooks, VA_HOOK_ABORT);
    assert_ran("/d/c abort, /d/b abort, /d/a abort");
}

static void test_refused(void)
{
    set_up();
    fake_hooks()->refused = "/old";
    assert_fails_to_make(&(VaHookSettings){"/d", "/old", 60}, "hook '/old' is writable by others");
    fake_hooks()->refused = "/d/b";
    assert_fails_to_make(&(VaHookSettings){"/d", "/old", 60}, "hook '/d/b' is writable by others");
    fake_info()->failure = "no list";
    assert_fails_to_make(&(VaHookSettings){"/d", NULL, 60}, "no list");
    g_assert_null(strstr(fake_info()->calls->str, "os_run"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/hooks/thaw-in-reverse-order", test_order);
    g_test_add_func("/hooks/abort-in-reverse-order-and-thaw-for-the-old-one", test_abort);
    g_test_add_func("/hooks/a-failure-aborts-what-was-begun", test_failure_aborts_what_was_begun);
    g_test_add_func("/hooks/a-failing-old-one-is-told-to-thaw",
                    test_failing_program_is_released_too);
    g_test_add_func("/hooks/a-failing-abort-stops-nothing", test_failing_abort_stops_nothing);
    g_test_add_func("/hooks/a-failing-thaw-stops-nothing", test_failing_thaw_stops_nothing);
    g_test_add_func("/hooks/too-slow-is-a-failure", test_time_limit);
    g_test_add_func("/hooks/time-limits-are-seconds", test_time_limits);
    g_test_add_func("/hooks/what-cannot-start-is-a-failure", test_failure_to_start);
    g_test_add_func("/hooks/release-without-freeze-runs-all-once", test_release_without_freeze);
    g_test_add_func("/hooks/results-in-order", test_results);
    g_test_add_func("/hooks/environment-is-ours-without-what-is-for-us-alone", test_environment);
    g_test_add_func("/hooks/none-is-fine", test_none);
    g_test_add_func("/hooks/missing-program-is-a-warning", test_missing_program);
    g_test_add_func("/hooks/one-that-must-not-run-stops-all", test_refused);
    return g_test_run();
}
