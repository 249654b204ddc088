/* SPDX-License-Identifier: Apache-2.0 */
#include "os-route-row.h"

#include <gio/gio.h>
#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OsRoute, os_route_free)

static MIB_IPFORWARD_ROW2 row_ipv4(guint32 destination, guint8 prefix, guint32 gateway)
{
    MIB_IPFORWARD_ROW2 row = {0};
    row.DestinationPrefix.Prefix.Ipv4.sin_family = AF_INET;
    row.DestinationPrefix.Prefix.Ipv4.sin_addr.s_addr = htonl(destination);
    row.DestinationPrefix.PrefixLength = prefix;
    row.NextHop.Ipv4.sin_family = AF_INET;
    row.NextHop.Ipv4.sin_addr.s_addr = htonl(gateway);
    return row;
}

static void set_ipv6(SOCKADDR_INET *address, const char *text)
{
    address->Ipv6.sin6_family = AF_INET6;
    g_assert_cmpint(inet_pton(AF_INET6, text, &address->Ipv6.sin6_addr), ==, 1);
}

static MIB_IPFORWARD_ROW2 row_ipv6(const char *destination, guint8 prefix, const char *gateway)
{
    MIB_IPFORWARD_ROW2 row = {0};
    set_ipv6(&row.DestinationPrefix.Prefix, destination);
    row.DestinationPrefix.PrefixLength = prefix;
    set_ipv6(&row.NextHop, gateway);
    return row;
}

static void test_ipv4(void)
{
    MIB_IPFORWARD_ROW2 row = row_ipv4(0, 0, 0xc0000201);
    row.Metric = 10;
    g_autoptr(OsRoute) route = os_route_of_row(&row, 25);

    g_assert_false(route->ipv6);
    g_assert_cmpstr(route->destination, ==, "0.0.0.0");
    g_assert_cmpstr(route->gateway, ==, "192.0.2.1");
    g_assert_cmpstr(route->mask, ==, "0.0.0.0");
    g_assert_cmpuint(route->metric, ==, 35);
    g_assert_cmphex(route->flags, ==, 0x3);
    g_assert_null(route->source);
}

static void test_ipv6(void)
{
    MIB_IPFORWARD_ROW2 row = row_ipv6("fd00::", 64, "fe80::1");
    row.NextHop.Ipv6.sin6_scope_id = 5;
    row.Origin = NlroRouterAdvertisement;
    g_autoptr(OsRoute) route = os_route_of_row(&row, 0);

    g_assert_true(route->ipv6);
    g_assert_cmpstr(route->destination, ==, "fd00::");
    g_assert_cmpuint(route->destination_prefix, ==, 64);
    g_assert_cmpstr(route->gateway, ==, "fe80::1");
    g_assert_cmpstr(route->source, ==, "::");
    g_assert_cmpuint(route->source_prefix, ==, 0);
    g_assert_cmphex(route->flags, ==, 0x40003);
    g_assert_null(route->mask);
}

static void assert_mask(guint8 prefix, const char *mask, guint32 flags)
{
    MIB_IPFORWARD_ROW2 row = row_ipv4(0x7f000001, prefix, 0);
    g_autoptr(OsRoute) route = os_route_of_row(&row, 0);
    g_assert_cmpstr(route->mask, ==, mask);
    g_assert_cmphex(route->flags, ==, flags);
}

static void test_masks(void)
{
    assert_mask(0, "0.0.0.0", 0x1);
    assert_mask(1, "128.0.0.0", 0x1);
    assert_mask(24, "255.255.255.0", 0x1);
    assert_mask(31, "255.255.255.254", 0x1);
    assert_mask(32, "255.255.255.255", 0x5);
    assert_mask(255, "255.255.255.255", 0x1);
}

static void test_flags(void)
{
    MIB_IPFORWARD_ROW2 host = row_ipv6("fd00::1", 128, "::");
    MIB_IPFORWARD_ROW2 redirected = row_ipv4(0x0a000001, 32, 0x0a000002);
    redirected.Protocol = MIB_IPPROTO_ICMP;
    redirected.Origin = NlroRouterAdvertisement;
    g_autoptr(OsRoute) of_host = os_route_of_row(&host, 0);
    g_autoptr(OsRoute) of_redirected = os_route_of_row(&redirected, 0);

    g_assert_cmphex(of_host->flags, ==, 0x5);
    g_assert_cmphex(of_redirected->flags, ==, 0x17);
}

static void test_edges(void)
{
    MIB_IPFORWARD_ROW2 row = row_ipv4(0, 0, 0);
    row.Metric = G_MAXUINT32 - 1;
    row.NextHop.si_family = AF_UNSPEC;
    g_autoptr(OsRoute) route = os_route_of_row(&row, 5);

    g_assert_cmpuint(route->metric, ==, G_MAXUINT32);
    g_assert_cmpstr(route->gateway, ==, "0.0.0.0");
}

static void test_this_system(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list = os_route_list(&error);
    gboolean after_ipv6 = FALSE;

    g_assert_no_error(error);
    for (guint i = 0; i < list->len; i++) {
        const OsRoute *route = g_ptr_array_index(list, i);
        g_assert_true(!after_ipv6 || route->ipv6);
        after_ipv6 = route->ipv6;
        g_assert_nonnull(route->interface);
        g_assert_nonnull(route->destination);
        g_assert_nonnull(route->gateway);
        g_assert_true(route->ipv6 ? route->source && !route->mask : route->mask && !route->source);
        g_assert_cmphex(route->flags & 0x1, ==, 0x1);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/route/ipv4-has-a-mask-and-both-metrics", test_ipv4);
    g_test_add_func("/route/ipv6-has-prefixes-and-no-scope", test_ipv6);
    g_test_add_func("/route/a-prefix-becomes-a-mask", test_masks);
    g_test_add_func("/route/flags-are-those-of-linux", test_flags);
    g_test_add_func("/route/no-sum-wraps-around-and-no-address-is-missing", test_edges);
    g_test_add_func("/route/ipv4-before-ipv6", test_this_system);
    return g_test_run();
}
