/* SPDX-License-Identifier: Apache-2.0 */
#include "os-channel.h"
#include "os-connect.h"
#include "os-file.h"
#include "os-log.h"
#include "os-process.h"
#include "schema-commands.h"

#include <gio/gio.h>
#include <string.h>

static void assert_exists(const char *name, gboolean expected)
{
    const VaCommand *command = va_command_find(name);
    g_assert_nonnull(command);
    g_assert_cmpint(va_command_exists(command), ==, expected);
}

static void test_absent(void)
{
    assert_exists("guest-get-users", FALSE);
    assert_exists("guest-network-get-interfaces", FALSE);
    assert_exists("guest-get-load", FALSE);
    assert_exists("guest-fsfreeze-freeze", FALSE);
    g_assert_null(va_command_find("guest-no-such-command"));
}

static void test_present(void)
{
    assert_exists("guest-ping", TRUE);
    assert_exists("guest-sync", TRUE);
    assert_exists("guest-info", TRUE);
    assert_exists("guest-get-time", TRUE);
}

static void test_every_need_is_respected(void)
{
    for (guint i = 0; i < va_n_commands; i++) {
        const VaCommand *command = &va_commands[i];
        gboolean needs_nothing = command->needs == OS_FEATURE_NONE && command->run;
        g_test_message("%s", command->name);
        g_assert_cmpint(va_command_exists(command), ==, needs_nothing);
    }
}

static void assert_refused(gboolean refused, GError **error)
{
    g_assert_true(refused);
    g_assert_error(*error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
    g_assert_cmpstr((*error)->message, ==, "not supported on this system");
    g_clear_error(error);
}

static void test_clean_failures(void)
{
    static const char *const argv[] = {"true", NULL};
    const OsChannelAddress address = {.method = "unix-listen", .path = "/tmp/none"};
    const OsChannelEvents events = {NULL, NULL};
    GError *error = NULL;

    assert_refused(!os_file_open("/dev/null", OS_FILE_READ, &error), &error);
    assert_refused(!os_process_spawn(argv, NULL, 0, &error), &error);
    assert_refused(!os_connect("/tmp/none", &error), &error);
    assert_refused(!os_log_file_open("/tmp/none", &error), &error);
    assert_refused(!os_channel_open(&address, &events, NULL, &error), &error);
}

static void test_commands_fail_cleanly(void)
{
    GuestOSInfo *info = NULL;
    GuestHostName *name = NULL;
    GPtrArray *list = NULL;
    GError *error = NULL;

    assert_refused(!cmd_get_osinfo(&info, &error), &error);
    assert_refused(!cmd_get_host_name(NULL, &name, &error), &error);
    assert_refused(!cmd_get_users(&list, &error), &error);
    g_assert_null(info);
    g_assert_null(name);
    g_assert_null(list);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/none/what-needs-a-feature-is-absent", test_absent);
    g_test_add_func("/none/what-core-does-alone-is-present", test_present);
    g_test_add_func("/none/a-command-exists-only-if-it-needs-nothing",
                    test_every_need_is_respected);
    g_test_add_func("/none/every-primitive-fails-with-the-same-words", test_clean_failures);
    g_test_add_func("/none/commands-fail-and-write-nothing", test_commands_fail_cleanly);
    return g_test_run();
}
