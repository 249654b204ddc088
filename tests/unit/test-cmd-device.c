/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-info.h"
#include "schema-commands.h"

static void set_up(gpointer *unused, gconstpointer data)
{
    fake_info_reset();
}

/* What the peer gets to see of @device, or of none if that is NULL. */
static void assert_reply(const OsDevice *device, const char *expected)
{
    const VaMember *what = va_command_find("guest-get-devices")->out;
    g_autoptr(VaOutput) output = va_output_new();
    GPtrArray *devices = NULL;
    gpointer reply;

    fake_info()->devices = device;
    fake_info()->n_devices = device ? 1 : 0;
    g_assert_true(cmd_get_devices(&devices, NULL));
    reply = devices;
    va_encode(what, &reply, output);
    va_value_clear(what, &reply);
    g_assert_cmpstr(va_output_text(output)->str, ==, expected);
}

static void test_full(gpointer *unused, gconstpointer data)
{
    const OsDevice device = {.driver_name = (char *)"Red Hat VirtIO SCSI controller",
                             .driver_version = (char *)"100.95.104.26200",
                             .driver_date = 1722384000000000000,
                             .is_pci = TRUE,
                             .vendor = 0x1af4,
                             .device = 0xffff};
    assert_reply(&device, "[{\"driver-name\": \"Red Hat VirtIO SCSI controller\", "
                          "\"driver-date\": 1722384000000000000, "
                          "\"driver-version\": \"100.95.104.26200\", "
                          "\"id\": {\"type\": \"pci\", \"vendor-id\": 6900, "
                          "\"device-id\": 65535}}]");
}

static void test_unknown(gpointer *unused, gconstpointer data)
{
    const OsDevice device = {.driver_name = (char *)"Volume", .vendor = 1, .device = 2};
    assert_reply(&device, "[{\"driver-name\": \"Volume\"}]");
}

static void test_none(gpointer *unused, gconstpointer data)
{
    assert_reply(NULL, "[]");
}

static void test_failure(gpointer *unused, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *devices = NULL;

    fake_info()->failure = "broken";
    g_assert_false(cmd_get_devices(&devices, &error));
    g_assert_null(devices);
    g_assert_cmpstr(error->message, ==, "broken");
}

static void test_absence(gpointer *unused, gconstpointer data)
{
    const VaCommand *command = va_command_find("guest-get-devices");

    g_assert_true(va_command_exists(command));
    fake_info()->absent[OS_FEATURE_DEVICES] = TRUE;
    g_assert_false(va_command_exists(command));
}

static void add(const char *claim, void (*test)(gpointer *, gconstpointer))
{
    g_test_add(claim, gpointer, NULL, set_up, test, NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("/devices/every-member-is-handed-over", test_full);
    add("/devices/what-is-unknown-is-absent", test_unknown);
    add("/devices/none-is-an-empty-list", test_none);
    add("/devices/a-failure-is-passed-on-and-nothing-written", test_failure);
    add("/devices/the-command-is-there-only-with-the-feature", test_absence);
    return g_test_run();
}
