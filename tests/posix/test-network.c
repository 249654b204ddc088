/* SPDX-License-Identifier: Apache-2.0 */
#include "os-network-link.h"
#include "os-network.h"
#include "os-root.h"

#include <gio/gio.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <string.h>
#include <sys/socket.h>

typedef struct sockaddr_ll LinkAddress;

static char *hardware_address(unsigned short type, guint8 length)
{
    union {
        LinkAddress link;
        char room[64];
    } address = {{.sll_family = AF_PACKET, .sll_hatype = type, .sll_halen = length}};
    guint8 bytes[24];

    for (guint8 i = 0; i < sizeof bytes; i++) {
        bytes[i] = (guint8)(0x9a + i);
    }
    memcpy(address.room + offsetof(LinkAddress, sll_addr), bytes, sizeof bytes);
    return os_network_hardware_address((const struct sockaddr *)(const void *)&address);
}

static void test_hardware_address(void)
{
    g_autofree char *ethernet = hardware_address(ARPHRD_ETHER, 6);
    g_autofree char *infiniband = hardware_address(ARPHRD_INFINIBAND, 20);
    g_autofree char *absurd = hardware_address(ARPHRD_ETHER, 255);

    g_assert_cmpstr(ethernet, ==, "9a:9b:9c:9d:9e:9f");
    g_assert_cmpuint(strlen(infiniband), ==, 20 * 3 - 1);
    g_assert_cmpuint(strlen(absurd), ==, 24 * 3 - 1);
    g_assert_null(hardware_address(ARPHRD_NONE, 0));
    g_assert_null(hardware_address(ARPHRD_IPGRE, 4));
    g_assert_null(hardware_address(ARPHRD_TUNNEL6, 16));
}

static void test_other_address(void)
{
    struct sockaddr address = {.sa_family = AF_INET};
    g_assert_null(os_network_hardware_address(&address));
}

static void assert_counters(GHashTable *table, const char *name, const OsNetworkCounters *expected)
{
    const OsNetworkCounters *found = g_hash_table_lookup(table, name);
    g_assert_nonnull(found);
    g_assert_cmpmem(found, sizeof *found, expected, sizeof *expected);
}

static void test_captured_counters(void)
{
    const OsNetworkCounters expected = {149746356, 2926, 1, 2, 109891, 1519, 7, 8};
    g_autofree char *root = g_test_build_filename(G_TEST_DIST, "..", "roots", "debian12", NULL);
    g_autoptr(GHashTable) table = NULL;

    os_root_set(root);
    table = os_network_counters();
    os_root_set(NULL);
    g_assert_cmpuint(g_hash_table_size(table), ==, 2);
    assert_counters(table, "enp1s0", &expected);
}

static void test_no_counters(void)
{
    g_autofree char *root = g_test_build_filename(G_TEST_DIST, "..", "roots", "empty", NULL);
    g_autoptr(GHashTable) table = NULL;

    os_root_set(root);
    table = os_network_counters();
    os_root_set(NULL);
    g_assert_cmpuint(g_hash_table_size(table), ==, 0);
}

static void test_odd_tables(void)
{
    const OsNetworkCounters expected = {1, 2, 3, 4, 9, 10, 11, 12};
    const OsNetworkCounters most = {G_MAXUINT64, G_MAXUINT64, 3, 4, 9, 10, 11, 12};
    g_autoptr(GHashTable) table =
        os_network_counters_parse("touching:1 2 3 4 5 6 7 8 9 10 11 12\n"
                                  "a:b: 1 2 3 4 5 6 7 8 9 10 11 12\n"
                                  "\xff\xfe: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17\n"
                                  "short: 1 2 3 4 5 6 7 8 9 10 11\n"
                                  "sign: 1 2 3 4 5 6 7 8 9 10 11 -12\n"
                                  ": 1 2 3 4 5 6 7 8 9 10 11 12\n"
                                  "\n:\nno colon\n"
                                  "big: 18446744073709551615 99999999999999999999 3 4 5 6 7 8 9 "
                                  "10 11 12");

    assert_counters(table, "touching", &expected);
    assert_counters(table, "a:b", &expected);
    assert_counters(table, "\xff\xfe", &expected);
    assert_counters(table, "big", &most);
    g_assert_cmpuint(g_hash_table_size(table), ==, 4);
}

static GPtrArray *interfaces_of_this_machine(void)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *interfaces = os_network_interfaces(&error);
    g_assert_no_error(error);
    g_assert_nonnull(interfaces);
    return interfaces;
}

static void test_every_interface_once(void)
{
    g_autoptr(GPtrArray) interfaces = interfaces_of_this_machine();
    struct if_nameindex *indices = if_nameindex();

    for (const struct if_nameindex *i = indices; i->if_index; i++) {
        guint found = 0;
        for (guint j = 0; j < interfaces->len; j++) {
            const OsNetworkInterface *interface = g_ptr_array_index(interfaces, j);
            found += strcmp(interface->name, i->if_name) == 0;
        }
        g_assert_cmpuint(found, ==, 1);
    }
    if_freenameindex(indices);
}

static void test_loopback(void)
{
    g_autoptr(GPtrArray) interfaces = interfaces_of_this_machine();
    const OsNetworkInterface *lo = interfaces->len ? g_ptr_array_index(interfaces, 0) : NULL;
    const OsNetworkAddress *address;

    if (!lo || lo->addresses->len == 0) {
        g_test_skip("this machine's loopback interface is missing or down");
        return;
    }
    address = g_ptr_array_index(lo->addresses, 0);
    g_assert_cmpstr(lo->name, ==, "lo");
    g_assert_cmpstr(lo->hardware_address, ==, "00:00:00:00:00:00");
    g_assert_cmpstr(address->text, ==, "127.0.0.1");
    g_assert_false(address->ipv6);
    g_assert_cmpint(address->prefix, ==, 8);
    g_assert_nonnull(lo->counters);
}

static void assert_address(const OsNetworkAddress *address)
{
    g_autoptr(GInetAddress) parsed = g_inet_address_new_from_string(address->text);
    g_assert_nonnull(parsed);
    g_assert_null(strchr(address->text, '%'));
    g_assert_cmpint(address->prefix, >=, 0);
    g_assert_cmpint(address->prefix, <=, address->ipv6 ? 128 : 32);
    g_assert_cmpint(g_inet_address_get_family(parsed) == G_SOCKET_FAMILY_IPV6, ==, address->ipv6);
}

static void test_ipv4_before_ipv6(void)
{
    g_autoptr(GPtrArray) interfaces = interfaces_of_this_machine();
    for (guint i = 0; i < interfaces->len; i++) {
        const OsNetworkInterface *interface = g_ptr_array_index(interfaces, i);
        gboolean ipv6 = FALSE;
        for (guint j = 0; j < interface->addresses->len; j++) {
            const OsNetworkAddress *address = g_ptr_array_index(interface->addresses, j);
            assert_address(address);
            g_assert_false(ipv6 && !address->ipv6);
            ipv6 = address->ipv6;
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/network/hardware-address/lower-case-with-colons", test_hardware_address);
    g_test_add_func("/network/hardware-address/not-that-of-another-family", test_other_address);
    g_test_add_func("/network/counters/of-a-captured-table", test_captured_counters);
    g_test_add_func("/network/counters/none-without-a-table", test_no_counters);
    g_test_add_func("/network/counters/odd-lines-cost-only-themselves", test_odd_tables);
    g_test_add_func("/network/every-interface-is-there-once", test_every_interface_once);
    g_test_add_func("/network/the-loopback-comes-first", test_loopback);
    g_test_add_func("/network/ipv4-comes-before-ipv6", test_ipv4_before_ipv6);
    return g_test_run();
}
