/* SPDX-License-Identifier: Apache-2.0 */

/* The freeze on the fake back end.  The test's thread is the main thread and, where that does no
 * harm, the lane; a hook that is "run" is a line in the calls of fake-run.h. */

#include "fake-freeze.h"
#include "fake-hooks.h"
#include "fake-run.h"
#include "freeze.h"
#include "os-system.h"

#include <glib/gstdio.h>
#include <string.h>

#define HOOK "/etc/fake-hook"

typedef struct {
    FakeFilesystem all[FAKE_FILESYSTEMS_MAX + 1];
    char *dir;
    char *marker;
    VaConfig *config;
    VaState *state;
    VaFreeze *freeze;
    guint changes;
    guint stopped;
} Fixture;

static void changed(gpointer data)
{
    ((Fixture *)data)->changes++;
}

static void stopped(gpointer data)
{
    ((Fixture *)data)->stopped++;
}

static void make_freeze(Fixture *f)
{
    g_autoptr(GError) error = NULL;
    f->state = va_state_load(f->dir, &error);
    g_assert_no_error(error);
    f->freeze = va_freeze_new(f->config, f->state, changed, f);
}

static void open_fixture(Fixture *f, gconstpointer data)
{
    fake_info_reset();
    fake_hooks_reset();
    fake_run_reset();
    fake_info()->boot_id = "this-boot";
    f->all[0].mountpoint = "/loop";
    f->all[1].mountpoint = "/data";
    f->all[2].mountpoint = "/";
    fake_freeze_reset(f->all);
    f->dir = g_dir_make_tmp("va-freeze-XXXXXX", NULL);
    f->marker = g_build_filename(f->dir, "qga.state.isfrozen", NULL);
    f->config = va_config_new();
    make_freeze(f);
}

static void look(const VaFreezeView *view, gpointer data)
{
    *(VaFreezeView *)data = *view;
}

static VaFreezeView view(Fixture *f)
{
    VaFreezeView seen;
    va_freeze_inspect(f->freeze, look, &seen);
    return seen;
}

/* Until workers that were left behind are through: each keeps the plan. */
static void await_workers(Fixture *f)
{
    const VaFreezePlan *plan = view(f).plan;

    fake_freeze_let_go();
    while (plan && g_atomic_int_get(&plan->references) > 1)
        g_thread_yield();
}

static void close_fixture(Fixture *f, gconstpointer data)
{
    await_workers(f);
    fake_freeze_await_none_inside();
    va_freeze_inspect(f->freeze, look, &(VaFreezeView){0}); /* waits for the watchdog */
    va_freeze_free(f->freeze);
    va_state_free(f->state);
    va_config_free(f->config);
    g_remove(f->marker);
    g_assert_cmpint(g_rmdir(f->dir), ==, 0);
    g_free(f->marker);
    g_free(f->dir);
}

/* As if the agent had been killed and started anew. */
static void restart(Fixture *f)
{
    g_autoptr(GError) error = NULL;

    va_freeze_free(f->freeze);
    va_state_free(f->state);
    for (guint i = 0; f->all[i].mountpoint; i++)
        f->all[i].open = FALSE;
    make_freeze(f);
    va_freeze_recover(f->freeze);
    g_assert_true(va_freeze_resume(f->freeze, &error));
    g_assert_no_error(error);
}

static void add_hook(Fixture *f)
{
    f->config->fsfreeze_hook = g_strdup(HOOK);
}

static gint64 freeze(Fixture *f, const GPtrArray *paths, gint64 limit, GError **error)
{
    const VaFreezeRequest request = {
        .paths = paths, .limit = limit, .backup_type = OS_BACKUP_FULL, .without_writers = TRUE};
    gint64 count = -1;

    g_assert_true(va_freeze_begin(f->freeze, NULL));
    g_assert_true(va_freeze_gates(f->freeze));
    if (!va_freeze_freeze(f->freeze, &request, &count, error))
        count = -1;
    va_freeze_end(f->freeze);
    return count;
}

static gint64 freeze_all(Fixture *f)
{
    g_autoptr(GError) error = NULL;
    gint64 count = freeze(f, NULL, -1, &error);
    g_assert_no_error(error);
    return count;
}

static gint64 thaw(Fixture *f)
{
    g_autoptr(GError) error = NULL;
    gint64 count = -1;
    g_assert_true(va_freeze_thaw(f->freeze, &count, &error));
    g_assert_no_error(error);
    va_freeze_thawed(f->freeze);
    return count;
}

static gboolean any_frozen(Fixture *f)
{
    for (guint i = 0; f->all[i].mountpoint; i++)
        if (fake_freeze_is_frozen(&f->all[i]))
            return TRUE;
    return FALSE;
}

/* What is open cannot be unmounted. */
static void assert_closed(Fixture *f)
{
    for (guint i = 0; f->all[i].mountpoint; i++)
        g_assert_false(f->all[i].open);
}

static void assert_thawed(Fixture *f)
{
    g_assert_false(any_frozen(f));
    assert_closed(f);
    g_assert_false(va_freeze_is_frozen(f->freeze));
    g_assert_false(va_freeze_gates(f->freeze));
    g_assert_false(g_file_test(f->marker, G_FILE_TEST_EXISTS));
}

static void assert_hook_calls(const char *expected)
{
    g_autoptr(GString) runs = g_string_new(NULL);
    g_auto(GStrv) lines = g_strsplit(fake_info()->calls->str, "\n", -1);
    for (char **line = lines; *line; line++)
        if (g_str_has_prefix(*line, "os_run " HOOK " "))
            g_string_append_printf(runs, "%s ", *line + strlen("os_run " HOOK " "));
    g_assert_cmpstr(runs->str, ==, expected);
}

/* Until the watchdog has reported to the main thread. */
static void await_change(Fixture *f)
{
    guint before = f->changes;
    while (f->changes == before)
        g_main_context_iteration(NULL, TRUE);
}

static const VaFreezeItem *item(Fixture *f, guint index)
{
    return view(f).plan->items->pdata[index];
}

static void test_thaws_in_reverse(Fixture *f, gconstpointer data)
{
    g_assert_cmpint(freeze_all(f), ==, 3);
    g_autofree char *freezing = fake_freeze_calls();
    g_assert_true(g_str_has_suffix(freezing, "\nfreeze /loop\nfreeze /data\nfreeze /\n"));
    g_assert_true(va_freeze_is_frozen(f->freeze));
    g_assert_true(va_freeze_gates(f->freeze));
    g_assert_true(g_file_test(f->marker, G_FILE_TEST_EXISTS));

    g_assert_cmpint(thaw(f), ==, 3);
    g_autofree char *thawing = fake_freeze_calls();
    g_assert_cmpstr(thawing, ==, "thaw /\nthaw /data\nthaw /loop\n");
    assert_thawed(f);
    g_assert_cmpint(thaw(f), ==, 0);
}

static void test_everything_is_written_out_before_the_first_is_frozen(Fixture *f,
                                                                      gconstpointer data)
{
    freeze_all(f);
    g_autofree char *calls = fake_freeze_calls();
    const char *first = strstr(calls, "freeze ");

    g_assert_null(strstr(first, "sync "));
    g_assert_nonnull(g_strstr_len(calls, first - calls, "sync /loop\n"));
    g_assert_nonnull(g_strstr_len(calls, first - calls, "sync /data\n"));
    g_assert_nonnull(g_strstr_len(calls, first - calls, "sync /\n"));
}

static void test_a_failure_thaws_what_was_frozen(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    add_hook(f);
    f->all[2].failure = "freeze";
    g_assert_cmpint(freeze(f, NULL, -1, &error), ==, -1);
    g_assert_cmpstr(error->message, ==, "failed to freeze '/': scripted");
    assert_thawed(f);
    assert_hook_calls("freeze thaw "); /* a hook of qemu-ga's knows no abort */
    g_assert_cmpint(item(f, 2)->state, ==, VA_FREEZE_FAILED);
    g_assert_cmpint(view(f).ended_by, ==, VA_FREEZE_BY_FAILURE);
}

static void test_what_cannot_be_frozen_is_not_counted(Fixture *f, gconstpointer data)
{
    f->all[0].outcome = OS_FREEZE_UNSUPPORTED;
    fake_freeze_set_frozen(&f->all[1], TRUE);
    g_assert_cmpint(freeze_all(f), ==, 1);
    g_assert_cmpstr(item(f, 0)->reason, ==, "it cannot be frozen");
    g_assert_cmpstr(item(f, 1)->reason, ==, "somebody else had frozen it");
    g_assert_cmpint(thaw(f), ==, 1);
    g_assert_true(fake_freeze_is_frozen(&f->all[1])); /* not ours */
}

static void test_what_was_unmounted_meanwhile_is_left_out(Fixture *f, gconstpointer data)
{
    f->all[1].gone = TRUE;
    g_assert_cmpint(freeze_all(f), ==, 2);
    g_assert_cmpint(item(f, 1)->state, ==, VA_FREEZE_SKIPPED);
    g_assert_cmpstr(item(f, 1)->reason, ==, "it is not mounted any more");
    g_assert_cmpint(thaw(f), ==, 2);
    assert_thawed(f);
}

static void test_what_could_be_opened_is_closed_after_all(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    f->all[1].failure = "open";
    g_assert_cmpint(freeze(f, NULL, -1, &error), ==, -1);
    g_assert_cmpstr(error->message, ==, "failed to open '/data': scripted");
    assert_thawed(f);
}

static void test_nothing_to_freeze_is_not_frozen(Fixture *f, gconstpointer data)
{
    for (guint i = 0; i < 3; i++)
        f->all[i].outcome = OS_FREEZE_UNSUPPORTED;
    add_hook(f);
    g_assert_cmpint(freeze_all(f), ==, 0);
    assert_thawed(f);
    assert_hook_calls("freeze thaw ");
}

static void test_a_thaw_by_somebody_else_is_not_counted(Fixture *f, gconstpointer data)
{
    freeze_all(f);
    fake_freeze_set_frozen(&f->all[1], FALSE);
    g_assert_cmpint(thaw(f), ==, 2);
    assert_thawed(f);
    g_assert_cmpstr(item(f, 1)->reason, ==, "somebody else had thawed it");
}

static void test_a_thaw_that_fails_can_be_repeated(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    gint64 count;

    freeze_all(f);
    f->all[1].failure = "thaw";
    g_assert_false(va_freeze_thaw(f->freeze, &count, &error));
    va_freeze_thawed(f->freeze);
    g_assert_cmpstr(error->message, ==, "failed to thaw '/data': scripted");
    g_assert_true(va_freeze_is_frozen(f->freeze));
    g_assert_false(fake_freeze_is_frozen(&f->all[0]));
    f->all[1].failure = NULL;
    g_assert_cmpint(thaw(f), ==, 1);
    assert_thawed(f);
}

/* A host that was told of a failure does not ask for the thaw. */
static void test_what_a_failure_could_not_thaw_is_tried_again(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    f->all[0].failure = "thaw";
    f->all[2].failure = "freeze";
    g_test_expect_message("virtagent", G_LOG_LEVEL_CRITICAL, "failed to thaw '/loop': scripted");
    g_assert_cmpint(freeze(f, NULL, 0, &error), ==, -1);
    g_test_assert_expected_messages();
    g_assert_cmpstr(error->message, ==, "failed to freeze '/': scripted");
    g_assert_true(va_freeze_gates(f->freeze));
    fake_freeze_set_failure(&f->all[0], NULL);
    g_test_expect_message("virtagent", G_LOG_LEVEL_MESSAGE, "1 filesystems were thawed*");
    await_change(f);
    g_test_assert_expected_messages();
    assert_thawed(f);
    g_assert_cmpint(view(f).ended_by, ==, VA_FREEZE_BY_FAILURE);
}

static void test_a_hook_that_refuses_stops_it(Fixture *f, gconstpointer data)
{
    static const FakeRun refuses = {.status = 1, .output = "busy\n"};
    g_autoptr(GError) error = NULL;

    add_hook(f);
    fake_run_set(HOOK " freeze", &refuses);
    g_assert_cmpint(freeze(f, NULL, -1, &error), ==, -1);
    g_assert_true(
        g_str_has_prefix(error->message, "child process has failed to execute fsfreeze hook: "));
    assert_thawed(f);
    g_autofree char *calls = fake_freeze_calls();
    g_assert_null(strstr(calls, "freeze /"));
}

static void test_a_thaw_hook_that_fails_is_no_error(Fixture *f, gconstpointer data)
{
    static const FakeRun fails = {.status = 1};

    add_hook(f);
    fake_run_set(HOOK " thaw", &fails);
    freeze_all(f);
    g_test_expect_message("virtagent", G_LOG_LEVEL_WARNING, "after the thaw: *");
    g_assert_cmpint(thaw(f), ==, 3);
    g_test_assert_expected_messages();
    g_assert_cmpuint(view(f).hooks->len, ==, 2);
}

static void test_ends_by_itself(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    add_hook(f);
    g_test_expect_message("virtagent", G_LOG_LEVEL_WARNING, "a freeze reached its time limit: 3 *");
    g_assert_cmpint(freeze(f, NULL, 1, &error), ==, 3);
    await_change(f);
    g_test_assert_expected_messages();
    assert_thawed(f);
    g_assert_cmpint(thaw(f), ==, 0); /* waits for the hooks, too */
    assert_hook_calls("freeze thaw ");
    g_assert_cmpint(view(f).ended_by, ==, VA_FREEZE_BY_LIMIT);
}

typedef struct {
    Fixture *f;
    GMutex mutex;
    GCond known;
    guint n_hooks; /* as reported; 0: not yet */
} Reporter;

static gpointer report_hooks(gpointer data)
{
    Reporter *reporter = data;
    const GPtrArray *hooks = view(reporter->f).hooks;

    g_mutex_lock(&reporter->mutex);
    reporter->n_hooks = hooks ? hooks->len : G_MAXUINT;
    g_cond_signal(&reporter->known);
    g_mutex_unlock(&reporter->mutex);
    return NULL;
}

/* The report has a tenth of a second in which to come too early. */
static void ask_for_report(const OsRun *run, gpointer data)
{
    Reporter *reporter = data;
    gint64 end = g_get_monotonic_time() + G_USEC_PER_SEC / 10;

    if (strcmp(run->argv[1], "thaw") != 0)
        return;
    g_thread_unref(g_thread_new("report", report_hooks, reporter));
    g_mutex_lock(&reporter->mutex);
    while (!reporter->n_hooks && g_cond_wait_until(&reporter->known, &reporter->mutex, end))
        continue;
    g_mutex_unlock(&reporter->mutex);
}

/* The hooks' results are the watchdog's until then. */
static void test_a_report_awaits_the_end_by_itself(Fixture *f, gconstpointer data)
{
    Reporter reporter = {.f = f};

    add_hook(f);
    fake_run_watch(ask_for_report, &reporter);
    g_test_expect_message("virtagent", G_LOG_LEVEL_WARNING, "a freeze reached its time limit: 3 *");
    g_assert_cmpint(freeze(f, NULL, 1, NULL), ==, 3);
    await_change(f);
    g_test_assert_expected_messages();
    g_mutex_lock(&reporter.mutex);
    while (!reporter.n_hooks)
        g_cond_wait(&reporter.known, &reporter.mutex);
    g_mutex_unlock(&reporter.mutex);
    g_assert_cmpuint(reporter.n_hooks, ==, 2);
}

static gpointer freeze_in_thread(gpointer data)
{
    Fixture *f = data;
    GError *error = NULL;
    gint64 count;
    va_freeze_freeze(f->freeze, &(VaFreezeRequest){.limit = 1}, &count, &error);
    return error;
}

/* The kernel does not come back from the second one: the first is thawed in time, the next command
 * need not wait, and the second is thawed as soon as it can be. */
static void test_a_freeze_that_hangs_is_cut_short(Fixture *f, gconstpointer data)
{
    f->all[1].stands = "freeze";
    g_assert_true(va_freeze_begin(f->freeze, NULL));
    GThread *lane = g_thread_new("lane", freeze_in_thread, f);
    fake_freeze_await_standing();
    g_assert_true(fake_freeze_is_frozen(&f->all[0]));
    g_assert_false(va_freeze_has_stuck(f->freeze));
    await_change(f);
    g_assert_false(fake_freeze_is_frozen(&f->all[0]));
    g_assert_true(va_freeze_has_stuck(f->freeze));
    g_assert_false(va_freeze_has_stuck(f->freeze));
    g_assert_true(va_freeze_is_frozen(f->freeze));
    g_assert_true(va_freeze_gates(f->freeze));

    fake_freeze_let_go();
    g_autoptr(GError) error = g_thread_join(lane);
    g_assert_cmpstr(error->message, ==,
                    "the freeze took longer than its time limit of 1 s; everything is thawed");
    va_freeze_end(f->freeze);
    assert_thawed(f);
}

static void test_thaw_of_one_that_hangs_says_so(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    gint64 count;

    f->all[1].stands = "freeze";
    va_freeze_begin(f->freeze, NULL);
    GThread *lane = g_thread_new("lane", freeze_in_thread, f);
    await_change(f);
    g_assert_false(va_freeze_thaw(f->freeze, &count, &error));
    g_assert_cmpstr(error->message, ==, "failed to thaw all: the system is still at work on one");
    fake_freeze_let_go();
    g_error_free(g_thread_join(lane));
    va_freeze_end(f->freeze);
    assert_thawed(f);
}

static void await_stopped(Fixture *f)
{
    while (!f->stopped)
        g_main_context_iteration(NULL, TRUE);
}

static void test_stopping_thaws(Fixture *f, gconstpointer data)
{
    freeze_all(f);
    va_freeze_stop(f->freeze, stopped, f);
    await_stopped(f);
    assert_thawed(f);
    g_assert_cmpint(view(f).ended_by, ==, VA_FREEZE_BY_STOP);
}

static void test_stopping_with_nothing_frozen_is_immediate(Fixture *f, gconstpointer data)
{
    va_freeze_stop(f->freeze, stopped, f);
    g_assert_cmpuint(f->stopped, ==, 1);
    g_assert_false(va_freeze_begin(f->freeze, NULL));
}

static void test_stopping_cuts_a_freeze_short(Fixture *f, gconstpointer data)
{
    f->all[1].stands = "sync";
    va_freeze_begin(f->freeze, NULL);
    GThread *lane = g_thread_new("lane", freeze_in_thread, f);
    fake_freeze_await_standing();
    va_freeze_stop(f->freeze, stopped, f);
    g_assert_cmpuint(f->stopped, ==, 0);
    g_error_free(g_thread_join(lane));
    va_freeze_end(f->freeze);
    g_assert_cmpuint(f->stopped, ==, 1);
    await_workers(f);
    assert_thawed(f);
}

static void stop_in_hook(const OsRun *run, gpointer data)
{
    Fixture *f = data;

    if (strcmp(run->argv[1], "thaw") != 0)
        return;
    va_freeze_stop(f->freeze, stopped, f);
    g_assert_cmpuint(f->stopped, ==, 0);
}

static void test_stopping_awaits_the_hooks_of_a_thaw(Fixture *f, gconstpointer data)
{
    add_hook(f);
    fake_run_watch(stop_in_hook, f);
    freeze_all(f);
    g_assert_cmpint(thaw(f), ==, 3);
    g_assert_cmpuint(f->stopped, ==, 1);
}

static void expect_left_frozen(void)
{
    g_test_expect_message("virtagent", G_LOG_LEVEL_WARNING, "filesystems were left frozen*");
}

static void test_a_successor_thaws_all(Fixture *f, gconstpointer data)
{
    add_hook(f);
    freeze_all(f);
    expect_left_frozen();
    restart(f);
    g_test_assert_expected_messages();
    g_assert_true(va_freeze_is_frozen(f->freeze));
    g_assert_true(va_freeze_gates(f->freeze));
    g_autofree char *calls = fake_freeze_calls();
    g_assert_null(strstr(calls, "thaw"));
    g_assert_true(g_str_has_suffix(calls, "list\n")); /* nothing was opened */
    g_assert_cmpint(thaw(f), ==, 3);
    assert_thawed(f);
    assert_hook_calls("freeze thaw ");
}

static void test_a_successor_without_marker_finds_out(Fixture *f, gconstpointer data)
{
    freeze_all(f);
    g_remove(f->marker);
    fake_freeze_set_frozen(&f->all[1], FALSE);
    expect_left_frozen();
    restart(f);
    g_assert_true(va_freeze_is_frozen(f->freeze));
    g_assert_cmpint(thaw(f), ==, 2);
    assert_thawed(f);
}

static void test_a_successor_keeps_the_time_limit(Fixture *f, gconstpointer data)
{
    g_assert_cmpint(freeze(f, NULL, 2, NULL), ==, 3);
    expect_left_frozen();
    g_test_expect_message("virtagent", G_LOG_LEVEL_WARNING, "a freeze reached its time limit: 3 *");
    restart(f);
    await_change(f);
    g_test_assert_expected_messages();
    assert_thawed(f);
}

static void test_a_successor_notices_the_thaw_of_another(Fixture *f, gconstpointer data)
{
    freeze_all(f);
    expect_left_frozen();
    restart(f);
    for (guint i = 0; i < 3; i++)
        fake_freeze_set_frozen(&f->all[i], FALSE);
    await_change(f);
    assert_thawed(f);
    g_assert_cmpint(thaw(f), ==, 0);
}

/* What could not be asked is not what kept the gate closed. */
static void test_a_suspicion_that_was_wrong_passes(Fixture *f, gconstpointer data)
{
    fake_freeze_set_frozen(&f->all[1], TRUE);
    fake_freeze_set_sure(FALSE);
    expect_left_frozen();
    restart(f);
    g_test_assert_expected_messages();
    g_assert_true(va_freeze_gates(f->freeze));
    fake_freeze_set_frozen(&f->all[1], FALSE);
    await_change(f);
    assert_thawed(f);
}

static void test_a_successor_tells_the_time_that_is_left(Fixture *f, gconstpointer data)
{
    freeze(f, NULL, 0, NULL);
    expect_left_frozen();
    restart(f);
    g_assert_cmpuint(view(f).limit, ==, 0);
    thaw(f);
    freeze(f, NULL, 100, NULL);
    expect_left_frozen();
    restart(f);
    g_assert_cmpuint(view(f).limit, >, 0);
    g_assert_cmpuint(view(f).limit, <=, 100);
}

static void test_a_marker_of_nothing_is_removed(Fixture *f, gconstpointer data)
{
    freeze_all(f);
    for (guint i = 0; i < 3; i++)
        fake_freeze_set_frozen(&f->all[i], FALSE);
    restart(f);
    assert_thawed(f);
}

static void test_a_marker_is_believed_if_not_all_could_be_asked(Fixture *f, gconstpointer data)
{
    freeze_all(f);
    for (guint i = 0; i < 3; i++)
        fake_freeze_set_frozen(&f->all[i], FALSE);
    fake_freeze_set_sure(FALSE);
    expect_left_frozen();
    restart(f);
    g_assert_true(va_freeze_is_frozen(f->freeze));
    g_assert_cmpint(thaw(f), ==, 0);
    assert_thawed(f);
}

static void test_a_marker_of_an_earlier_boot_is_void(Fixture *f, gconstpointer data)
{
    freeze_all(f);
    for (guint i = 0; i < 3; i++)
        fake_freeze_set_frozen(&f->all[i], FALSE);
    fake_freeze_set_sure(FALSE);
    fake_info()->boot_id = "next-boot";
    restart(f);
    g_assert_false(va_freeze_is_frozen(f->freeze));
    g_assert_false(va_freeze_gates(f->freeze));
}

static void test_what_cannot_be_opened_later_stays_frozen(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    gint64 count;

    freeze_all(f);
    expect_left_frozen();
    restart(f);
    f->all[0].failure = "open";
    g_assert_false(va_freeze_thaw(f->freeze, &count, &error));
    g_assert_cmpstr(error->message, ==, "failed to open '/loop': scripted");
    g_assert_true(va_freeze_is_frozen(f->freeze));
    g_assert_false(fake_freeze_is_frozen(&f->all[2]));
    f->all[0].failure = NULL;
    g_assert_cmpint(thaw(f), ==, 1);
    assert_thawed(f);
}

static void test_a_joint_freeze_is_one_call(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    fake_freeze_set_joint(10);
    g_assert_cmpint(freeze(f, NULL, -1, &error), ==, 3);
    g_assert_no_error(error);
    g_assert_cmpint(fake_freeze_options().type, ==, OS_BACKUP_FULL);
    g_assert_true(fake_freeze_options().without_writers);
    g_assert_cmpuint(view(f).writers->len, ==, 1);
    g_assert_cmpint(thaw(f), ==, 3);
    assert_thawed(f);
    g_assert_cmpint(view(f).ended_by, ==, VA_FREEZE_BY_THAW);
    g_assert_cmpint(freeze_all(f), ==, 3);
    thaw(f);
}

static void test_a_joint_freeze_that_fails_is_undone(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    fake_freeze_set_joint(10);
    f->all[1].failure = "freeze";
    g_assert_cmpint(freeze(f, NULL, -1, &error), ==, -1);
    g_assert_cmpstr(error->message, ==, "failed to freeze '/data': scripted");
    assert_thawed(f);
    for (guint i = 0; i < 3; i++)
        g_assert_cmpint(item(f, i)->state, ==, VA_FREEZE_FAILED);
}

/* The host must learn that its snapshot may be inconsistent, but only once. */
static void test_a_freeze_that_broke_fails_its_thaw(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    gint64 count;

    fake_freeze_set_joint(10);
    freeze_all(f);
    fake_freeze_break();
    g_assert_false(va_freeze_thaw(f->freeze, &count, &error));
    va_freeze_thawed(f->freeze);
    g_assert_cmpstr(error->message, ==, "couldn't hold writes: scripted");
    assert_thawed(f);
    g_assert_cmpstr(item(f, 0)->reason, ==, "couldn't hold writes: scripted");
    g_assert_cmpint(thaw(f), ==, 0);
}

static void test_the_longest_freeze_ends_by_itself(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    gint64 count;

    fake_freeze_set_joint(1);
    freeze_all(f);
    fake_freeze_break();
    g_test_expect_message("virtagent", G_LOG_LEVEL_CRITICAL, "couldn't hold writes: scripted");
    g_test_expect_message("virtagent", G_LOG_LEVEL_WARNING, "a freeze reached its time limit*");
    await_change(f);
    g_test_assert_expected_messages();
    assert_thawed(f);
    g_assert_false(va_freeze_thaw(f->freeze, &count, &error));
    va_freeze_thawed(f->freeze);
    g_assert_cmpstr(error->message, ==, "couldn't hold writes: scripted");
    g_assert_cmpint(thaw(f), ==, 0);
}

#define ADD(name, function)                                                                        \
    g_test_add("/freeze/" name, Fixture, NULL, open_fixture, function, close_fixture)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("thaws-in-reverse", test_thaws_in_reverse);
    ADD("everything-is-written-out-before-the-first-is-frozen",
        test_everything_is_written_out_before_the_first_is_frozen);
    ADD("a-failure-thaws-what-was-frozen", test_a_failure_thaws_what_was_frozen);
    ADD("what-cannot-be-frozen-is-not-counted", test_what_cannot_be_frozen_is_not_counted);
    ADD("what-was-unmounted-meanwhile-is-left-out", test_what_was_unmounted_meanwhile_is_left_out);
    ADD("what-could-be-opened-is-closed-after-all", test_what_could_be_opened_is_closed_after_all);
    ADD("nothing-to-freeze-is-not-frozen", test_nothing_to_freeze_is_not_frozen);
    ADD("a-thaw-by-somebody-else-is-not-counted", test_a_thaw_by_somebody_else_is_not_counted);
    ADD("a-thaw-that-fails-can-be-repeated", test_a_thaw_that_fails_can_be_repeated);
    ADD("what-a-failure-could-not-thaw-is-tried-again",
        test_what_a_failure_could_not_thaw_is_tried_again);
    ADD("a-hook-that-refuses-stops-it", test_a_hook_that_refuses_stops_it);
    ADD("a-thaw-hook-that-fails-is-no-error", test_a_thaw_hook_that_fails_is_no_error);
    ADD("ends-by-itself", test_ends_by_itself);
    ADD("a-report-awaits-the-end-by-itself", test_a_report_awaits_the_end_by_itself);
    ADD("one-that-hangs-is-cut-short", test_a_freeze_that_hangs_is_cut_short);
    ADD("thaw-of-one-that-hangs-says-so", test_thaw_of_one_that_hangs_says_so);
    ADD("stopping-thaws", test_stopping_thaws);
    ADD("a-joint-freeze-is-one-call", test_a_joint_freeze_is_one_call);
    ADD("a-joint-freeze-that-fails-is-undone", test_a_joint_freeze_that_fails_is_undone);
    ADD("one-that-broke-fails-its-thaw", test_a_freeze_that_broke_fails_its_thaw);
    ADD("the-longest-ends-by-itself", test_the_longest_freeze_ends_by_itself);
    ADD("stopping-with-nothing-frozen-is-immediate",
        test_stopping_with_nothing_frozen_is_immediate);
    ADD("stopping-cuts-a-freeze-short", test_stopping_cuts_a_freeze_short);
    ADD("stopping-awaits-the-hooks-of-a-thaw", test_stopping_awaits_the_hooks_of_a_thaw);
    ADD("a-successor-thaws-all", test_a_successor_thaws_all);
    ADD("a-successor-without-marker-finds-out", test_a_successor_without_marker_finds_out);
    ADD("a-successor-keeps-the-time-limit", test_a_successor_keeps_the_time_limit);
    ADD("a-successor-notices-the-thaw-of-another", test_a_successor_notices_the_thaw_of_another);
    ADD("a-suspicion-that-was-wrong-passes", test_a_suspicion_that_was_wrong_passes);
    ADD("a-successor-tells-the-time-that-is-left", test_a_successor_tells_the_time_that_is_left);
    ADD("a-marker-of-nothing-is-removed", test_a_marker_of_nothing_is_removed);
    ADD("a-marker-is-believed-if-not-all-could-be-asked",
        test_a_marker_is_believed_if_not_all_could_be_asked);
    ADD("a-marker-of-an-earlier-boot-is-void", test_a_marker_of_an_earlier_boot_is_void);
    ADD("what-cannot-be-opened-later-stays-frozen-until-it-can",
        test_what_cannot_be_opened_later_stays_frozen);
    return g_test_run();
}
