/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-power.h"
#include "schema-commands.h"

#define NSEC_PER_SEC G_GINT64_CONSTANT(1000000000)

static void set_up(gpointer *unused, gconstpointer data)
{
    fake_power_reset();
}

static void assert_calls(const char *expected)
{
    g_assert_cmpstr(fake_power()->calls->str, ==, expected);
    g_string_truncate(fake_power()->calls, 0);
}

static void assert_power(OsPowerState expected)
{
    g_autofree char *line = g_strdup_printf("power %d\n", (int)expected);
    assert_calls(line);
}

static void assert_says(gboolean done, GError **error, const char *expected)
{
    g_assert_false(done);
    g_assert_nonnull(*error);
    g_assert_cmpstr((*error)->message, ==, expected);
    g_clear_error(error);
}

static gboolean shut_down(const char *mode, GError **error)
{
    const GuestShutdownIn in = {.mode = (char *)mode};
    return cmd_shutdown(&in, error);
}

static void test_modes(gpointer *unused, gconstpointer data)
{
    g_assert_true(shut_down("halt", NULL));
    assert_power(OS_POWER_HALT);
    g_assert_true(shut_down("powerdown", NULL));
    assert_power(OS_POWER_OFF);
    g_assert_true(shut_down("reboot", NULL));
    assert_power(OS_POWER_REBOOT);
}

static void test_default_mode(gpointer *unused, gconstpointer data)
{
    g_assert_true(shut_down(NULL, NULL));
    assert_power(OS_POWER_OFF);
}

static void test_bad_modes(gpointer *unused, gconstpointer data)
{
    static const char *const bad[] = {"", "HALT", "halt ", "poweroff", "powerdow", "halt|reboot"};
    GError *error = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_says(shut_down(bad[i], &error), &error,
                    "mode is invalid (valid values are: halt|powerdown|reboot)");
    assert_calls("");
}

static void test_shutdown_refused(gpointer *unused, gconstpointer data)
{
    GError *error = NULL;

    fake_power()->power_failure = "init: no; shutdown: no";
    assert_says(shut_down("reboot", &error), &error,
                "child process has failed to shutdown: init: no; shutdown: no");
}

static void test_sleeps(gpointer *unused, gconstpointer data)
{
    g_assert_true(cmd_suspend_disk(NULL));
    assert_power(OS_POWER_SLEEP_DISK);
    g_assert_true(cmd_suspend_ram(NULL));
    assert_power(OS_POWER_SLEEP_RAM);
    g_assert_true(cmd_suspend_hybrid(NULL));
    assert_power(OS_POWER_SLEEP_HYBRID);
}

static void test_sleep_refused(gpointer *unused, gconstpointer data)
{
    GError *error = NULL;

    fake_power()->power_failure = "kernel: busy";
    fake_power()->code = G_IO_ERROR_BUSY;
    assert_says(cmd_suspend_ram(&error), &error, "failed to suspend: kernel: busy");
    fake_power()->code = G_IO_ERROR_NOT_SUPPORTED;
    assert_says(cmd_suspend_hybrid(&error), &error,
                "the requested suspend mode is not supported by the guest");
}

static void test_silence(gpointer *unused, gconstpointer data)
{
    static const char *const names[] = {"guest-shutdown", "guest-suspend-disk", "guest-suspend-ram",
                                        "guest-suspend-hybrid"};

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        const VaCommand *command = va_command_find(names[i]);
        g_assert_true(command->flags & VA_COMMAND_SILENT);
        g_assert_true(command->flags & VA_COMMAND_BLOCKING);
        g_assert_false(command->flags & VA_COMMAND_FROZEN_OK);
    }
}

static gboolean set_time(gint64 time, GError **error)
{
    const GuestSetTimeIn in = {.has_time = TRUE, .time = time};
    return cmd_set_time(&in, error);
}

static void test_time_given(gpointer *unused, gconstpointer data)
{
    g_assert_true(set_time(1700000000 * NSEC_PER_SEC + 1, NULL));
    assert_calls("set 1700000000000000001\nsave\n");
    g_assert_true(set_time(0, NULL));
    assert_calls("set 0\nsave\n");
    g_assert_true(set_time(G_MAXINT64, NULL));
    assert_calls("set 9223372036854775807\nsave\n");
}

static void test_time_absent(gpointer *unused, gconstpointer data)
{
    const GuestSetTimeIn in = {.has_time = FALSE};
    GError *error = NULL;

    g_assert_true(cmd_set_time(&in, NULL));
    assert_calls("load\n");
    fake_power()->load_failure = "this system has no hardware clock";
    fake_power()->code = G_IO_ERROR_NOT_FOUND;
    assert_says(cmd_set_time(&in, &error), &error, "this system has no hardware clock");
}

static void test_invalid_time(gpointer *unused, gconstpointer data)
{
    GError *error = NULL;

    assert_says(set_time(-1, &error), &error, "Invalid time");
    assert_says(set_time(G_MININT64, &error), &error, "Invalid time");
    assert_calls("");
    fake_power()->set_failure = "too large";
    fake_power()->code = G_IO_ERROR_INVALID_DATA;
    assert_says(set_time(G_MAXINT64, &error), &error, "Invalid time");
    assert_calls("set 9223372036854775807\n");
}

static void test_clock_refused(gpointer *unused, gconstpointer data)
{
    GError *error = NULL;

    fake_power()->set_failure = "Failed to set time to guest: Invalid argument";
    fake_power()->code = G_IO_ERROR_INVALID_ARGUMENT;
    assert_says(set_time(1, &error), &error, "Failed to set time to guest: Invalid argument");
    assert_calls("set 1\n");
}

static void test_hardware_clock_refused(gpointer *unused, gconstpointer data)
{
    GError *error = NULL;

    fake_power()->save_failure = "failed to set '/dev/rtc0': Input/output error";
    assert_says(set_time(1, &error), &error,
                "the system time has been set, but the hardware clock has not: "
                "failed to set '/dev/rtc0': Input/output error");
}

static void test_no_hardware_clock(gpointer *unused, gconstpointer data)
{
    fake_power()->save_failure = "this system has no hardware clock";
    fake_power()->code = G_IO_ERROR_NOT_FOUND;
    g_assert_true(set_time(1, NULL));
    assert_calls("set 1\nsave\n");
}

#define ADD(name, function) g_test_add("/power/" name, gpointer, NULL, set_up, function, NULL)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("shutdown/each-mode-is-a-state", test_modes);
    ADD("shutdown/switches-off-unless-told-otherwise", test_default_mode);
    ADD("shutdown/another-word-does-nothing", test_bad_modes);
    ADD("shutdown/a-refusal-says-what-each-way-said", test_shutdown_refused);
    ADD("suspend/each-command-is-a-state", test_sleeps);
    ADD("suspend/not-supported-and-refused-differ", test_sleep_refused);
    ADD("no-reply-on-success-and-never-while-frozen", test_silence);
    ADD("time/given-goes-to-both-clocks", test_time_given);
    ADD("time/absent-comes-from-the-hardware-clock", test_time_absent);
    ADD("time/that-no-clock-holds-is-invalid", test_invalid_time);
    ADD("time/refused-leaves-the-hardware-clock-alone", test_clock_refused);
    ADD("time/an-error-of-the-hardware-clock-says-what-was-set", test_hardware_clock_refused);
    ADD("time/a-missing-hardware-clock-is-no-error", test_no_hardware_clock);
    return g_test_run();
}
