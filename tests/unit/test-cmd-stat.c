/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-info.h"
#include "schema-commands.h"

static void set_up(gpointer *unused, gconstpointer data)
{
    fake_info_reset();
}

/* What the peer gets to see. */
static void assert_reply(const char *command, gpointer reply, const char *expected)
{
    const VaMember *what = va_command_find(command)->out;
    g_autoptr(VaOutput) output = va_output_new();

    va_encode(what, &reply, output);
    va_value_clear(what, &reply);
    g_assert_cmpstr(va_output_text(output)->str, ==, expected);
}

static void assert_disk(guint counted, const char *expected)
{
    OsDiskStats disk = {(char *)"vda", 254, G_MAXUINT32, counted, {0}};
    GPtrArray *reply = NULL;

    for (guint i = 0; i < OS_DISK_COUNTERS; i++)
        disk.counters[i] = 100 + i;
    disk.counters[OS_DISK_READS] = G_MAXUINT64;
    fake_info()->disk_stats = &disk;
    fake_info()->n_disk_stats = 1;
    g_assert_true(cmd_get_diskstats(&reply, NULL));
    assert_reply("guest-get-diskstats", reply, expected);
}

static void test_disk(gpointer *unused, gconstpointer data)
{
    assert_disk(OS_DISK_COUNTERS,
                "[{\"name\": \"vda\", \"major\": 254, \"minor\": 4294967295, \"stats\": {"
                "\"read-sectors\": 102, \"read-ios\": 18446744073709551615, \"read-merges\": 101, "
                "\"write-sectors\": 106, \"write-ios\": 104, \"write-merges\": 105, "
                "\"discard-sectors\": 113, \"discard-ios\": 111, \"discard-merges\": 112, "
                "\"flush-ios\": 115, \"read-ticks\": 103, \"write-ticks\": 107, "
                "\"discard-ticks\": 114, \"flush-ticks\": 116, \"ios-pgr\": 108, "
                "\"total-ticks\": 109, \"weight-ticks\": 110}}]");
}

static void test_disk_of_an_old_kernel(gpointer *unused, gconstpointer data)
{
    assert_disk(OS_DISK_TOTAL_TIME + 1,
                "[{\"name\": \"vda\", \"major\": 254, \"minor\": 4294967295, \"stats\": {"
                "\"read-sectors\": 102, \"read-ios\": 18446744073709551615, \"read-merges\": 101, "
                "\"write-sectors\": 106, \"write-ios\": 104, \"write-merges\": 105, "
                "\"read-ticks\": 103, \"write-ticks\": 107, \"ios-pgr\": 108, "
                "\"total-ticks\": 109, \"weight-ticks\": 110}}]");
}

static void assert_times(guint counted, const char *expected)
{
    const OsCpuTimes times = {
        3, counted, {[OS_CPU_USER] = 1, 2, 3, G_MAXUINT64, 5, 6, 7, 8, 9, 10}};
    GPtrArray *reply = NULL;

    fake_info()->cpu_times = &times;
    fake_info()->n_cpu_times = 1;
    g_assert_true(cmd_get_cpustats(&reply, NULL));
    assert_reply("guest-get-cpustats", reply, expected);
}

static void test_times(gpointer *unused, gconstpointer data)
{
    assert_times(OS_CPU_ACTIVITIES,
                 "[{\"type\": \"linux\", \"cpu\": 3, \"user\": 1, \"nice\": 2, \"system\": 3, "
                 "\"idle\": 18446744073709551615, \"iowait\": 5, \"irq\": 6, \"softirq\": 7, "
                 "\"steal\": 8, \"guest\": 9, \"guestnice\": 10}]");
}

static void test_times_of_an_old_kernel(gpointer *unused, gconstpointer data)
{
    assert_times(OS_CPU_STEAL,
                 "[{\"type\": \"linux\", \"cpu\": 3, \"user\": 1, \"nice\": 2, \"system\": 3, "
                 "\"idle\": 18446744073709551615, \"iowait\": 5, \"irq\": 6, \"softirq\": 7}]");
    assert_times(OS_CPU_IDLE + 1,
                 "[{\"type\": \"linux\", \"cpu\": 3, \"user\": 1, \"nice\": 2, \"system\": 3, "
                 "\"idle\": 18446744073709551615}]");
}

static void test_routes(gpointer *unused, gconstpointer data)
{
    const OsRoute routes[] = {
        {.interface = (char *)"eth0",
         .destination = (char *)"192.0.2.0",
         .gateway = (char *)"0.0.0.0",
         .metric = G_MAXUINT32,
         .flags = 1,
         .references = 2,
         .uses = 3,
         .mask = (char *)"255.255.255.0",
         .mtu = 1500,
         .window = 4,
         .rtt = 5},
        {.ipv6 = TRUE,
         .interface = (char *)"lo",
         .destination = (char *)"fd00::",
         .gateway = (char *)"::",
         .metric = 256,
         .flags = 0x80200001,
         .references = 6,
         .uses = 7,
         .source = (char *)"fe80::",
         .destination_prefix = 64,
         .source_prefix = 128},
    };
    GPtrArray *reply = NULL;

    fake_info()->routes = routes;
    fake_info()->n_routes = G_N_ELEMENTS(routes);
    g_assert_true(cmd_network_get_route(&reply, NULL));
    assert_reply("guest-network-get-route", reply,
                 "[{\"iface\": \"eth0\", \"destination\": \"192.0.2.0\", \"metric\": 4294967295, "
                 "\"gateway\": \"0.0.0.0\", \"mask\": \"255.255.255.0\", \"irtt\": 5, "
                 "\"flags\": 1, \"refcnt\": 2, \"use\": 3, \"window\": 4, \"mtu\": 1500, "
                 "\"version\": 4}, "
                 "{\"iface\": \"lo\", \"destination\": \"fd00::\", \"metric\": 256, "
                 "\"flags\": 2149580801, \"refcnt\": 6, \"use\": 7, \"desprefixlen\": \"64\", "
                 "\"source\": \"fe80::\", \"srcprefixlen\": \"128\", \"nexthop\": \"::\", "
                 "\"version\": 6}]");
}

static void test_nothing_is_an_empty_list(gpointer *unused, gconstpointer data)
{
    GPtrArray *disks = NULL, *times = NULL, *routes = NULL;
    g_assert_true(cmd_get_diskstats(&disks, NULL));
    g_assert_true(cmd_get_cpustats(&times, NULL));
    g_assert_true(cmd_network_get_route(&routes, NULL));
    assert_reply("guest-get-diskstats", disks, "[]");
    assert_reply("guest-get-cpustats", times, "[]");
    assert_reply("guest-network-get-route", routes, "[]");
}

static void test_failures(gpointer *unused, gconstpointer data)
{
    gboolean (*const commands[])(GPtrArray * *out, GError * *error) = {
        cmd_get_diskstats, cmd_get_cpustats, cmd_network_get_route};
    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++) {
        g_autoptr(GError) error = NULL;
        GPtrArray *reply = NULL;
        fake_info()->failure = "broken";
        g_assert_false(commands[i](&reply, &error));
        g_assert_null(reply);
        g_assert_cmpstr(error->message, ==, "broken");
    }
}

static void add(const char *claim, void (*test)(gpointer *, gconstpointer))
{
    g_test_add(claim, gpointer, NULL, set_up, test, NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("/disks/every-counter-has-its-member", test_disk);
    add("/disks/what-is-not-counted-is-absent", test_disk_of_an_old_kernel);
    add("/processors/every-activity-has-its-member", test_times);
    add("/processors/what-is-not-counted-is-absent", test_times_of_an_old_kernel);
    add("/routes/members-depend-on-the-version", test_routes);
    add("/nothing-is-an-empty-list", test_nothing_is_an_empty_list);
    add("/failures-write-nothing", test_failures);
    return g_test_run();
}
