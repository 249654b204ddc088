/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-info.h"
#include "schema-commands.h"

#include <string.h>

/* Gives a reply back as dispatch does. */
static void give_back(const char *command, gpointer reply)
{
    va_value_clear(va_command_find(command)->out, &reply);
}

static void set_up(gpointer *unused, gconstpointer data)
{
    fake_info_reset();
}

static void test_osinfo(gpointer *unused, gconstpointer data)
{
    GuestOSInfo *reply = NULL;
    fake_info()->system =
        (OsSystemInfo){(char *)"a", (char *)"b", (char *)"c", (char *)"d", (char *)"e",
                       (char *)"f", (char *)"g", (char *)"h", (char *)"i", (char *)"j"};
    g_assert_true(cmd_get_osinfo(&reply, NULL));
    g_assert_cmpstr(reply->kernel_release, ==, "a");
    g_assert_cmpstr(reply->kernel_version, ==, "b");
    g_assert_cmpstr(reply->machine, ==, "c");
    g_assert_cmpstr(reply->id, ==, "d");
    g_assert_cmpstr(reply->name, ==, "e");
    g_assert_cmpstr(reply->pretty_name, ==, "f");
    g_assert_cmpstr(reply->version, ==, "g");
    g_assert_cmpstr(reply->version_id, ==, "h");
    g_assert_cmpstr(reply->variant, ==, "i");
    g_assert_cmpstr(reply->variant_id, ==, "j");
    give_back("guest-get-osinfo", reply);
}

static void test_osinfo_unknown(gpointer *unused, gconstpointer data)
{
    GuestOSInfo *reply = NULL;
    g_assert_true(cmd_get_osinfo(&reply, NULL));
    g_assert_null(reply->kernel_release);
    g_assert_null(reply->id);
    g_assert_null(reply->name);
    give_back("guest-get-osinfo", reply);
}

static void test_host_name(gpointer *unused, gconstpointer data)
{
    GuestHostName *reply = NULL;
    fake_info()->host_name = "web1";
    g_assert_true(cmd_get_host_name(NULL, &reply, NULL));
    g_assert_cmpstr(reply->host_name, ==, "web1");
    give_back("guest-get-host-name", reply);
}

static GPtrArray *get_users(const OsUser *users, guint n)
{
    GPtrArray *reply = NULL;
    fake_info()->users = users;
    fake_info()->n_users = n;
    g_assert_true(cmd_get_users(&reply, NULL));
    return reply;
}

static void assert_user(GPtrArray *users, guint i, const char *name, const char *domain,
                        double login_time)
{
    const GuestUser *user = g_ptr_array_index(users, i);
    g_assert_cmpstr(user->user, ==, name);
    g_assert_cmpstr(user->domain, ==, domain);
    g_assert_cmpfloat(user->login_time, ==, login_time);
}

static void test_users_once(gpointer *unused, gconstpointer data)
{
    static const OsUser sessions[] = {
        {(char *)"bob", NULL, 20.5}, {(char *)"alice", NULL, 30}, {(char *)"bob", NULL, 10.25},
        {(char *)"bob", NULL, 40},   {(char *)"alice", NULL, 31},
    };
    GPtrArray *reply = get_users(sessions, G_N_ELEMENTS(sessions));
    g_assert_cmpuint(reply->len, ==, 2);
    assert_user(reply, 0, "bob", NULL, 10.25);
    assert_user(reply, 1, "alice", NULL, 30);
    give_back("guest-get-users", reply);
}

static void test_users_of_domains(gpointer *unused, gconstpointer data)
{
    static const OsUser sessions[] = {
        {(char *)"bob", (char *)"A", 3},
        {(char *)"bob", (char *)"B", 2},
        {(char *)"bob", NULL, 4},
        {(char *)"bob", (char *)"A", 1},
    };
    GPtrArray *reply = get_users(sessions, G_N_ELEMENTS(sessions));
    g_assert_cmpuint(reply->len, ==, 3);
    assert_user(reply, 0, "bob", "A", 1);
    assert_user(reply, 1, "bob", "B", 2);
    assert_user(reply, 2, "bob", NULL, 4);
    give_back("guest-get-users", reply);
}

static void test_nothing_is_an_empty_list(gpointer *unused, gconstpointer data)
{
    GPtrArray *users = get_users(NULL, 0), *interfaces = NULL;
    g_assert_true(cmd_network_get_interfaces(&interfaces, NULL));
    g_assert_cmpuint(users->len, ==, 0);
    g_assert_cmpuint(interfaces->len, ==, 0);
    give_back("guest-get-users", users);
    give_back("guest-network-get-interfaces", interfaces);
}

static void assert_address(GPtrArray *addresses, guint i, const char *text, GuestIpAddressType type,
                           gint64 prefix)
{
    const GuestIpAddress *address = g_ptr_array_index(addresses, i);
    g_assert_cmpstr(address->ip_address, ==, text);
    g_assert_cmpint(address->ip_address_type, ==, type);
    g_assert_cmpint(address->prefix, ==, prefix);
}

static void assert_full(const GuestNetworkInterface *interface)
{
    const GuestNetworkInterfaceStat expected = {G_MAXUINT64, 2, 3, 4, 5, 6, 7, 8};
    g_assert_cmpstr(interface->name, ==, "eth0");
    g_assert_cmpstr(interface->hardware_address, ==, "52:54:00:12:34:56");
    g_assert_cmpuint(interface->ip_addresses->len, ==, 2);
    assert_address(interface->ip_addresses, 0, "10.0.0.2", GUEST_IP_ADDRESS_TYPE_IPV4, 24);
    assert_address(interface->ip_addresses, 1, "fe80::1", GUEST_IP_ADDRESS_TYPE_IPV6, 64);
    g_assert_cmpmem(interface->statistics, sizeof expected, &expected, sizeof expected);
}

static void assert_bare(const GuestNetworkInterface *interface)
{
    g_assert_cmpstr(interface->name, ==, "tun0");
    g_assert_null(interface->hardware_address);
    g_assert_null(interface->ip_addresses);
    g_assert_null(interface->statistics);
}

static void test_interfaces(gpointer *unused, gconstpointer data)
{
    OsNetworkCounters counters = {G_MAXUINT64, 2, 3, 4, 5, 6, 7, 8};
    OsNetworkAddress v4 = {(char *)"10.0.0.2", FALSE, 24}, v6 = {(char *)"fe80::1", TRUE, 64};
    g_autoptr(GPtrArray) addresses = g_ptr_array_new();
    const OsNetworkInterface interfaces[] = {
        {(char *)"eth0", (char *)"52:54:00:12:34:56", addresses, &counters},
        {(char *)"tun0", NULL, NULL, NULL},
    };
    GPtrArray *reply = NULL;

    g_ptr_array_add(addresses, &v4);
    g_ptr_array_add(addresses, &v6);
    fake_info()->interfaces = interfaces;
    fake_info()->n_interfaces = G_N_ELEMENTS(interfaces);
    g_assert_true(cmd_network_get_interfaces(&reply, NULL));
    g_assert_cmpuint(reply->len, ==, 2);
    assert_full(g_ptr_array_index(reply, 0));
    assert_bare(g_ptr_array_index(reply, 1));
    give_back("guest-network-get-interfaces", reply);
}

static void test_load(gpointer *unused, gconstpointer data)
{
    GuestLoadAverage *reply = NULL;
    memcpy(fake_info()->load, ((double[]){0.5, 1.25, 3}), sizeof fake_info()->load);
    g_assert_true(cmd_get_load(NULL, &reply, NULL));
    g_assert_cmpfloat(reply->load1m, ==, 0.5);
    g_assert_cmpfloat(reply->load5m, ==, 1.25);
    g_assert_cmpfloat(reply->load15m, ==, 3);
    give_back("guest-get-load", reply);
}

static void test_time(gpointer *unused, gconstpointer data)
{
    gint64 before = g_get_real_time(), time = 0;
    g_assert_true(cmd_get_time(NULL, &time, NULL));
    g_assert_cmpint(time / 1000, >=, before);
    g_assert_cmpint(time / 1000, <=, g_get_real_time());
}

static void assert_timezone(const char *zone, const char *name, gint64 offset)
{
    GuestTimezone *reply = NULL;
    fake_info()->zone = zone;
    g_assert_true(cmd_get_timezone(&reply, NULL));
    g_assert_cmpstr(reply->zone, ==, name);
    g_assert_cmpint(reply->offset, ==, offset);
    give_back("guest-get-timezone", reply);
}

static void test_timezone(gpointer *unused, gconstpointer data)
{
    assert_timezone(NULL, "UTC", 0);
    assert_timezone("EST5", "EST", -18000);
    assert_timezone("IST-5:30", "IST", 19800);
}

static void assert_failed(gboolean done, GError **error)
{
    g_assert_false(done);
    g_assert_nonnull(*error);
    g_assert_cmpstr((*error)->message, ==, "no luck");
    g_clear_error(error);
    fake_info()->failure = "no luck";
}

static void test_failures(gpointer *unused, gconstpointer data)
{
    GuestOSInfo *info = NULL;
    GuestHostName *name = NULL;
    GuestLoadAverage *load = NULL;
    GPtrArray *list = NULL;
    GError *error = NULL;

    fake_info()->failure = "no luck";
    assert_failed(cmd_get_osinfo(&info, &error), &error);
    assert_failed(cmd_get_host_name(NULL, &name, &error), &error);
    assert_failed(cmd_get_load(NULL, &load, &error), &error);
    assert_failed(cmd_get_users(&list, &error), &error);
    assert_failed(cmd_network_get_interfaces(&list, &error), &error);
    g_assert_null(info);
    g_assert_null(name);
    g_assert_null(load);
    g_assert_null(list);
}

static void test_absence(gpointer *unused, gconstpointer data)
{
    g_assert_true(va_command_exists(va_command_find("guest-get-users")));
    fake_info()->absent[OS_FEATURE_USERS] = TRUE;
    g_assert_false(va_command_exists(va_command_find("guest-get-users")));
    g_assert_true(va_command_exists(va_command_find("guest-get-load")));
}

#define ADD(name, function) g_test_add("/info/" name, gpointer, NULL, set_up, function, NULL)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("osinfo/every-member-is-handed-over", test_osinfo);
    ADD("osinfo/what-is-unknown-stays-absent", test_osinfo_unknown);
    ADD("host-name/is-handed-over", test_host_name);
    ADD("users/each-once-with-the-earliest-log-in", test_users_once);
    ADD("users/those-of-two-domains-are-two", test_users_of_domains);
    ADD("interfaces/what-is-unknown-stays-absent", test_interfaces);
    ADD("load/is-handed-over", test_load);
    ADD("time/is-nanoseconds-since-1970", test_time);
    ADD("timezone/is-name-and-seconds-east", test_timezone);
    ADD("nothing-there-is-an-empty-list", test_nothing_is_an_empty_list);
    ADD("a-failure-is-passed-on-and-nothing-written", test_failures);
    ADD("an-absent-feature-takes-its-command-away", test_absence);
    return g_test_run();
}
