/* SPDX-License-Identifier: Apache-2.0 */
#include "os-clock-calls.h"

#include <gio/gio.h>
#include <string.h>

/* The machine's clock is out of reach: the calls are all stand-ins, which note how they were
 * called, in order. */

static struct {
    GString *calls;
    gboolean no_privilege;
    DWORD set_time; /* its error code */
    gboolean no_service;
    DWORD state;
    const char *no_program;
    OsRunResult end;
} fake;

static gboolean fake_privilege(const char *name, GError **error)
{
    g_string_append_printf(fake.calls, "privilege %s\n", name);
    if (fake.no_privilege)
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "no privilege");
    return !fake.no_privilege;
}

static void note_time(const SYSTEMTIME *utc)
{
    g_string_append_printf(fake.calls, "%04u-%02u-%02u %02u:%02u:%02u.%03u\n", utc->wYear,
                           utc->wMonth, utc->wDay, utc->wHour, utc->wMinute, utc->wSecond,
                           utc->wMilliseconds);
}

static BOOL WINAPI fake_set_time(const SYSTEMTIME *utc)
{
    note_time(utc);
    SetLastError(fake.set_time);
    return fake.set_time == 0;
}

static gboolean fake_service(DWORD *state, GError **error)
{
    g_string_append(fake.calls, "service\n");
    if (fake.no_service)
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "there is none");
    else
        *state = fake.state;
    return !fake.no_service;
}

static gboolean fake_run(const OsRun *run, OsRunResult *result, GError **error)
{
    g_assert_cmpuint(run->time_limit, >, 0);
    g_assert_null(run->argv[3]);
    g_assert_true(g_str_has_suffix(run->argv[0], "\\w32tm.exe") && run->argv[0][1] == ':');
    g_string_append_printf(fake.calls, "w32tm %s %s\n", run->argv[1], run->argv[2]);
    if (fake.no_program) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, fake.no_program);
        return FALSE;
    }
    *result = fake.end;
    result->output = g_strdup(fake.end.output ? fake.end.output : "");
    return TRUE;
}

static const OsClockCalls fakes = {fake_privilege, fake_set_time, fake_service, fake_run};

static void set_up(gpointer *unused, gconstpointer data)
{
    memset(&fake, 0, sizeof fake);
    fake.calls = g_string_new(NULL);
    fake.state = SERVICE_RUNNING;
}

static void tear_down(gpointer *unused, gconstpointer data)
{
    g_string_free(fake.calls, TRUE);
}

static void assert_calls(const char *expected)
{
    g_assert_cmpstr(fake.calls->str, ==, expected);
    g_string_truncate(fake.calls, 0);
}

static void assert_time(gint64 nanoseconds, const char *expected)
{
    SYSTEMTIME utc;

    g_assert_true(os_clock_system_time(nanoseconds, &utc));
    note_time(&utc);
    assert_calls(expected);
}

static void test_times(gpointer *unused, gconstpointer data)
{
    assert_time(0, "1970-01-01 00:00:00.000\n");
    assert_time(999999, "1970-01-01 00:00:00.000\n");
    assert_time(1000000, "1970-01-01 00:00:00.001\n");
    assert_time(G_GINT64_CONSTANT(951827696789999999), "2000-02-29 12:34:56.789\n");
    assert_time(G_GINT64_CONSTANT(2147483648000000000), "2038-01-19 03:14:08.000\n");
    assert_time(G_MAXINT64, "2262-04-11 23:47:16.854\n");
}

static void test_set(gpointer *unused, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(os_clock_set_by(&fakes, G_GINT64_CONSTANT(951827696789000000), &error));
    g_assert_no_error(error);
    assert_calls("privilege SeSystemtimePrivilege\n2000-02-29 12:34:56.789\n");
}

static void test_set_out_of_range(gpointer *unused, gconstpointer data)
{
    static const gint64 bad[] = {-1, G_MININT64};

    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_false(os_clock_set_by(&fakes, bad[i], &error));
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
    }
    assert_calls("");
}

static void test_set_refused(gpointer *unused, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    fake.set_time = ERROR_ACCESS_DENIED;
    g_assert_false(os_clock_set_by(&fakes, 0, &error));
    g_assert_nonnull(error);
    g_assert_true(g_str_has_prefix(error->message, "Failed to set time to guest: "));
    assert_calls("privilege SeSystemtimePrivilege\n1970-01-01 00:00:00.000\n");
}

static void test_set_without_privilege(gpointer *unused, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    fake.no_privilege = TRUE;
    g_assert_false(os_clock_set_by(&fakes, 0, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
    g_assert_cmpstr(error->message, ==, "Failed to set time to guest: no privilege");
    assert_calls("privilege SeSystemtimePrivilege\n");
}

static void test_save(gpointer *unused, gconstpointer data)
{
    g_assert_true(os_clock_save(NULL));
}

static void assert_load_says(const char *message, const char *calls)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(os_clock_load_by(&fakes, &error));
    g_assert_nonnull(error);
    g_assert_cmpstr(error->message, ==, message);
    assert_calls(calls);
}

static void test_load(gpointer *unused, gconstpointer data)
{
    g_assert_true(os_clock_load_by(&fakes, NULL));
    assert_calls("service\nw32tm /resync /nowait\n");
}

static void test_load_stopped(gpointer *unused, gconstpointer data)
{
    static const DWORD states[] = {SERVICE_STOPPED, SERVICE_START_PENDING, SERVICE_STOP_PENDING,
                                   SERVICE_PAUSED};

    for (guint i = 0; i < G_N_ELEMENTS(states); i++) {
        fake.state = states[i];
        assert_load_says("failed to synchronise the time: the time service is not running",
                         "service\n");
    }
    fake.no_service = TRUE;
    assert_load_says("failed to synchronise the time: there is none", "service\n");
}

static void test_load_fails(gpointer *unused, gconstpointer data)
{
    const char *calls = "service\nw32tm /resync /nowait\n";

    fake.end = (OsRunResult){.end = {.value = 5}, .output = (char *)"Access is denied.\r\n"};
    assert_load_says("failed to synchronise the time: exit status 5: Access is denied.", calls);
    fake.end = (OsRunResult){.timed_out = TRUE};
    assert_load_says("failed to synchronise the time: no end within 20 s", calls);
    fake.no_program = "failed to execute 'w32tm.exe': gone";
    assert_load_says("failed to synchronise the time: failed to execute 'w32tm.exe': gone", calls);
}

#define ADD(name, function) g_test_add("/clock/" name, gpointer, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("times-are-right-to-the-millisecond", test_times);
    ADD("setting-takes-the-privilege-first", test_set);
    ADD("a-time-before-1970-is-not-set", test_set_out_of_range);
    ADD("a-refusal-is-told-in-the-words-of-the-contract", test_set_refused);
    ADD("without-the-privilege-the-clock-is-left-alone", test_set_without_privilege);
    ADD("there-is-nothing-to-save", test_save);
    ADD("loading-has-the-time-service-synchronise", test_load);
    ADD("a-stopped-time-service-is-an-error", test_load_stopped);
    ADD("loading-says-how-it-failed", test_load_fails);
    return g_test_run();
}
