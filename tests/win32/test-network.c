/* SPDX-License-Identifier: Apache-2.0 */
#include "os-network-link.h"

#include <string.h>

static const guint8 mac[] = {0x52, 0x54, 0x00, 0xAB, 0xCD, 0xEF, 0x01, 0x02};

static void assert_hardware_address(gsize length, ULONG type, const char *expected)
{
    g_autofree char *text = os_network_hardware_address(mac, length, type);
    g_assert_cmpstr(text, ==, expected);
}

static void test_hardware_address(void)
{
    assert_hardware_address(6, IF_TYPE_ETHERNET_CSMACD, "52:54:00:ab:cd:ef");
    assert_hardware_address(8, IF_TYPE_ETHERNET_CSMACD, "52:54:00:ab:cd:ef:01:02");
    assert_hardware_address(5, IF_TYPE_ETHERNET_CSMACD, NULL);
    assert_hardware_address(0, IF_TYPE_ETHERNET_CSMACD, NULL);
    assert_hardware_address(8, IF_TYPE_TUNNEL, NULL);
    assert_hardware_address(6, IF_TYPE_SOFTWARE_LOOPBACK, NULL);
}

static void test_text(void)
{
    SOCKADDR_INET address = {.Ipv4 = {.sin_family = AF_INET}};
    address.Ipv4.sin_addr.s_addr = htonl(0xc0000207);
    g_autofree char *v4 = os_network_text((SOCKADDR *)&address);
    address = (SOCKADDR_INET){.Ipv6 = {.sin6_family = AF_INET6, .sin6_scope_id = 7}};
    memcpy(&address.Ipv6.sin6_addr, "\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\xab", 16);
    g_autofree char *v6 = os_network_text((SOCKADDR *)&address);
    address.si_family = AF_UNSPEC;

    g_assert_cmpstr(v4, ==, "192.0.2.7");
    g_assert_cmpstr(v6, ==, "fe80::ab");
    g_assert_null(os_network_text((SOCKADDR *)&address));
}

static void test_counters(void)
{
    MIB_IF_ROW2 row = {0};
    row.InOctets = G_MAXUINT64;
    row.InUcastPkts = 2;
    row.InNUcastPkts = 3;
    row.InErrors = 4;
    row.InDiscards = 5;
    row.OutOctets = 6;
    row.OutUcastPkts = 7;
    row.OutNUcastPkts = 8;
    row.OutErrors = 9;
    row.OutDiscards = 10;
    OsNetworkCounters counters = os_network_counters(&row);
    const OsNetworkCounters expected = {G_MAXUINT64, 5, 4, 5, 6, 15, 9, 10};

    g_assert_cmpmem(&counters, sizeof counters, &expected, sizeof expected);
}

static void assert_address(const OsNetworkAddress *address, gboolean *after_ipv6)
{
    g_assert_nonnull(address->text);
    g_assert_null(strchr(address->text, '%'));
    g_assert_true(!*after_ipv6 || address->ipv6);
    g_assert_cmpint(address->ipv6, ==, strchr(address->text, ':') != NULL);
    g_assert_cmpint(address->prefix, >=, 0);
    g_assert_cmpint(address->prefix, <=, address->ipv6 ? 128 : 32);
    *after_ipv6 = address->ipv6;
}

static void test_this_system(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list = os_network_interfaces(&error);
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    const OsNetworkInterface *first;

    g_assert_no_error(error);
    if (list->len == 0) {
        g_test_skip("there is no network interface");
        return;
    }
    first = g_ptr_array_index(list, 0);
    g_assert_null(first->hardware_address);
    for (guint i = 0; i < list->len; i++) {
        const OsNetworkInterface *entry = g_ptr_array_index(list, i);
        gboolean after_ipv6 = FALSE;
        g_assert_true(g_hash_table_add(names, entry->name));
        for (guint j = 0; j < entry->addresses->len; j++)
            assert_address(g_ptr_array_index(entry->addresses, j), &after_ipv6);
        g_assert_nonnull(entry->counters);
    }
}

static gboolean has_address(const OsNetworkInterface *entry, const char *text, gint64 prefix)
{
    for (guint i = 0; i < entry->addresses->len; i++) {
        const OsNetworkAddress *address = g_ptr_array_index(entry->addresses, i);
        if (strcmp(address->text, text) == 0)
            return address->prefix == prefix;
    }
    return FALSE;
}

static void test_loopback(void)
{
    g_autoptr(GPtrArray) list = os_network_interfaces(NULL);
    if (list->len == 0)
        g_test_skip("there is no network interface");
    else
        g_assert_true(has_address(g_ptr_array_index(list, 0), "127.0.0.1", 8));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/network/a-hardware-address-is-lower-case-with-colons", test_hardware_address);
    g_test_add_func("/network/an-address-has-no-scope", test_text);
    g_test_add_func("/network/packets-to-one-and-to-many-are-added", test_counters);
    g_test_add_func("/network/each-interface-once-ipv4-before-ipv6", test_this_system);
    g_test_add_func("/network/the-loopback-comes-first", test_loopback);
    return g_test_run();
}
