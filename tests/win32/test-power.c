/* SPDX-License-Identifier: Apache-2.0 */
#include "os-power-calls.h"
#include "os-privilege.h"

#include <gio/gio.h>
#include <string.h>

/* Nothing here can reach the machine's own switches: the calls are all stand-ins, which note how
 * they were called, in order. */

static struct {
    GString *calls;
    gboolean no_privilege;
    DWORD initiate;     /* its error code */
    DWORD exit_windows; /* its error code */
    DWORD sleep;        /* its error code */
    gboolean mute;      /* does not tell its capabilities */
    SYSTEM_POWER_CAPABILITIES can;
} fake;

static gboolean fake_privilege(const char *name, GError **error)
{
    g_string_append_printf(fake.calls, "privilege %s\n", name);
    if (fake.no_privilege)
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "no privilege");
    return !fake.no_privilege;
}

static DWORD fake_initiate(DWORD flags, DWORD reason)
{
    g_string_append_printf(fake.calls, "initiate %#lx %#lx\n", flags, reason);
    return fake.initiate;
}

static BOOL WINAPI fake_exit_windows(UINT flags, DWORD reason)
{
    g_string_append_printf(fake.calls, "exit %#x %#lx\n", flags, reason);
    SetLastError(fake.exit_windows);
    return fake.exit_windows == 0;
}

static BOOLEAN WINAPI fake_capabilities(SYSTEM_POWER_CAPABILITIES *can)
{
    g_string_append(fake.calls, "capabilities\n");
    *can = fake.can;
    return !fake.mute;
}

static BOOLEAN fake_sleep(BOOLEAN hibernate)
{
    g_string_append(fake.calls, hibernate ? "hibernate\n" : "sleep\n");
    SetLastError(fake.sleep);
    return fake.sleep == 0;
}

static const OsPowerCalls fakes = {fake_privilege, fake_initiate, fake_exit_windows,
                                   fake_capabilities, fake_sleep};

static void set_up(gpointer *unused, gconstpointer data)
{
    memset(&fake, 0, sizeof fake);
    fake.calls = g_string_new(NULL);
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

static void assert_enters(OsPowerState state, const char *expected)
{
    g_autoptr(GError) error = NULL;
    gboolean done = os_power_enter_by(&fakes, state, &error);

    g_assert_no_error(error);
    g_assert_true(done);
    assert_calls(expected);
}

static void assert_fails(OsPowerState state, int code, const char *message, const char *expected)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(os_power_enter_by(&fakes, state, &error));
    g_assert_error(error, G_IO_ERROR, code);
    if (message)
        g_assert_true(g_str_has_prefix(error->message, message));
    assert_calls(expected);
}

#define PRIVILEGE "privilege SeShutdownPrivilege\n"

static void test_ends(gpointer *unused, gconstpointer data)
{
    assert_enters(OS_POWER_OFF, PRIVILEGE "initiate 0x2b 0x80000000\n");
    assert_enters(OS_POWER_REBOOT, PRIVILEGE "initiate 0x27 0x80000000\n");
    assert_enters(OS_POWER_HALT, PRIVILEGE "initiate 0x33 0x80000000\n");
}

static void test_second_way(gpointer *unused, gconstpointer data)
{
    fake.initiate = ERROR_NOT_READY;
    assert_enters(OS_POWER_OFF, PRIVILEGE "initiate 0x2b 0x80000000\nexit 0xc 0x80000000\n");
    assert_enters(OS_POWER_REBOOT, PRIVILEGE "initiate 0x27 0x80000000\nexit 0x6 0x80000000\n");
    assert_enters(OS_POWER_HALT, PRIVILEGE "initiate 0x33 0x80000000\nexit 0x5 0x80000000\n");
}

static void test_no_way(gpointer *unused, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    fake.initiate = ERROR_SHUTDOWN_IN_PROGRESS;
    fake.exit_windows = ERROR_ACCESS_DENIED;
    g_assert_false(os_power_enter_by(&fakes, OS_POWER_OFF, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_FAILED);
    g_assert_nonnull(strstr(error->message, "InitiateShutdown: "));
    g_assert_nonnull(strstr(error->message, "; ExitWindowsEx: "));
    assert_calls(PRIVILEGE "initiate 0x2b 0x80000000\nexit 0xc 0x80000000\n");
}

static void test_no_privilege(gpointer *unused, gconstpointer data)
{
    fake.no_privilege = TRUE;
    fake.can.SystemS3 = TRUE;
    assert_fails(OS_POWER_OFF, G_IO_ERROR_PERMISSION_DENIED, "no privilege", PRIVILEGE);
    assert_fails(OS_POWER_SLEEP_RAM, G_IO_ERROR_PERMISSION_DENIED, "no privilege",
                 "capabilities\n" PRIVILEGE);
}

static void test_sleeps(gpointer *unused, gconstpointer data)
{
    fake.can.SystemS3 = fake.can.SystemS4 = fake.can.HiberFilePresent = TRUE;
    assert_enters(OS_POWER_SLEEP_RAM, "capabilities\n" PRIVILEGE "sleep\n");
    assert_enters(OS_POWER_SLEEP_DISK, "capabilities\n" PRIVILEGE "hibernate\n");
}

static void assert_offers(gboolean ram, gboolean disk)
{
    if (!ram)
        assert_fails(OS_POWER_SLEEP_RAM, G_IO_ERROR_NOT_SUPPORTED, NULL, "capabilities\n");
    else
        assert_enters(OS_POWER_SLEEP_RAM, "capabilities\n" PRIVILEGE "sleep\n");
    if (!disk)
        assert_fails(OS_POWER_SLEEP_DISK, G_IO_ERROR_NOT_SUPPORTED, NULL, "capabilities\n");
    else
        assert_enters(OS_POWER_SLEEP_DISK, "capabilities\n" PRIVILEGE "hibernate\n");
}

static void test_capabilities(gpointer *unused, gconstpointer data)
{
    assert_offers(FALSE, FALSE);
    fake.can = (SYSTEM_POWER_CAPABILITIES){.SystemS1 = TRUE, .SystemS2 = TRUE, .SystemS5 = TRUE};
    assert_offers(FALSE, FALSE);
    fake.can = (SYSTEM_POWER_CAPABILITIES){.SystemS3 = TRUE, .HiberFilePresent = TRUE};
    assert_offers(TRUE, FALSE);
    fake.can = (SYSTEM_POWER_CAPABILITIES){.SystemS4 = TRUE};
    assert_offers(FALSE, FALSE);
    fake.can.HiberFilePresent = TRUE;
    assert_offers(FALSE, TRUE);
    fake.can.SystemS3 = TRUE;
    fake.mute = TRUE;
    assert_offers(FALSE, FALSE);
}

static void test_hybrid(gpointer *unused, gconstpointer data)
{
    memset(&fake.can, TRUE, sizeof fake.can);
    assert_fails(OS_POWER_SLEEP_HYBRID, G_IO_ERROR_NOT_SUPPORTED, NULL, "");
}

static void test_sleep_refused(gpointer *unused, gconstpointer data)
{
    fake.can.SystemS3 = TRUE;
    fake.sleep = ERROR_ACCESS_DENIED;
    assert_fails(OS_POWER_SLEEP_RAM, G_IO_ERROR_PERMISSION_DENIED,
                 "SetSuspendState: ", "capabilities\n" PRIVILEGE "sleep\n");
}

static void test_privileges(gpointer *unused, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(os_privilege_enable("SeChangeNotifyPrivilege", NULL));
    g_assert_false(os_privilege_enable("SeNoSuchPrivilege", &error));
    g_assert_true(
        g_str_has_prefix(error->message, "failed to enable the privilege 'SeNoSuchPrivilege': "));
}

#define ADD(name, function) g_test_add("/power/" name, gpointer, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("an-end-is-asked-for-at-once-and-planned", test_ends);
    ADD("the-second-way-is-tried-if-the-first-refuses", test_second_way);
    ADD("without-a-way-each-has-its-say", test_no_way);
    ADD("without-the-privilege-nothing-is-tried", test_no_privilege);
    ADD("a-sleep-comes-after-the-question-whether-it-can", test_sleeps);
    ADD("what-is-not-offered-is-not-done", test_capabilities);
    ADD("there-is-no-hybrid-sleep", test_hybrid);
    ADD("a-refused-sleep-is-an-error", test_sleep_refused);
    ADD("a-privilege-that-is-not-held-is-an-error", test_privileges);
    return g_test_run();
}
