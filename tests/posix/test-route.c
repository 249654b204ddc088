/* SPDX-License-Identifier: Apache-2.0 */
#include "os-root.h"
#include "os-route-parse.h"
#include "root-tree.h"

#include <arpa/inet.h>
#include <gio/gio.h>

static GPtrArray *list(void)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *routes = os_route_list(&error);
    g_assert_no_error(error);
    g_assert_nonnull(routes);
    return routes;
}

static const OsRoute *route_at(const GPtrArray *routes, guint i, const char *interface,
                               const char *destination, const char *gateway, guint32 metric)
{
    const OsRoute *route = g_ptr_array_index(routes, i);
    g_assert_cmpstr(route->interface, ==, interface);
    g_assert_cmpstr(route->destination, ==, destination);
    g_assert_cmpstr(route->gateway, ==, gateway);
    g_assert_cmpuint(route->metric, ==, metric);
    return route;
}

static void assert_ipv4(const OsRoute *route, const char *mask, guint32 flags, guint32 mtu,
                        guint32 window, guint32 rtt)
{
    g_assert_false(route->ipv6);
    g_assert_cmpstr(route->mask, ==, mask);
    g_assert_cmpuint(route->flags, ==, flags);
    g_assert_cmpuint(route->mtu, ==, mtu);
    g_assert_cmpuint(route->window, ==, window);
    g_assert_cmpuint(route->rtt, ==, rtt);
    g_assert_null(route->source);
}

static void assert_ipv6(const OsRoute *route, guint32 prefix, guint32 flags, guint32 references,
                        guint32 uses)
{
    g_assert_true(route->ipv6);
    g_assert_cmpuint(route->destination_prefix, ==, prefix);
    g_assert_cmpstr(route->source, ==, "::");
    g_assert_cmpuint(route->source_prefix, ==, 0);
    g_assert_cmpuint(route->flags, ==, flags);
    g_assert_cmpuint(route->references, ==, references);
    g_assert_cmpuint(route->uses, ==, uses);
    g_assert_null(route->mask);
}

static void test_captured(void)
{
    char *root = root_tree_unpack("routes");
    g_autoptr(GPtrArray) routes = list();
    const OsRoute *route;

    root_tree_remove(root);
    g_assert_cmpuint(routes->len, ==, 6);
#if G_BYTE_ORDER == G_LITTLE_ENDIAN
    route = route_at(routes, 0, "eth0", "0.0.0.0", "192.0.2.1", 100);
    assert_ipv4(route, "0.0.0.0", 3, 0, 0, 0);
    route = route_at(routes, 1, "eth0", "192.0.2.0", "0.0.0.0", 0);
    assert_ipv4(route, "255.255.255.0", 1, 1500, 8192, 300);
    route = route_at(routes, 2, "*", "10.0.0.0", "0.0.0.0", G_MAXUINT32);
    assert_ipv4(route, "255.0.0.0", 0x201, 0, 0, 0);
#endif
    route = route_at(routes, 3, "eth0", "fd00::", "::", 256);
    assert_ipv6(route, 64, 1, 1, 0);
    route = route_at(routes, 4, "eth0", "::", "fd00::1", 1024);
    assert_ipv6(route, 0, 3, 3, 5);
    route = route_at(routes, 5, "lo", "::", "::", G_MAXUINT32);
    assert_ipv6(route, 0, 0x200200, 1, 0);
}

/* What the kernel of this machine would print, whatever its order of bytes. */
static void test_byte_order(void)
{
    g_autoptr(GPtrArray) routes = g_ptr_array_new_with_free_func((GDestroyNotify)os_route_free);
    g_autofree char *line = g_strdup_printf(
        "eth0\t%08X\t%08X\t0003\t0\t0\t-2147483648\t%08X\t0\t0\t0\n", inet_addr("198.51.100.0"),
        inet_addr("192.0.2.254"), inet_addr("255.255.255.128"));

    os_route_parse_ipv4(line, routes);
    g_assert_cmpuint(routes->len, ==, 1);
    assert_ipv4(route_at(routes, 0, "eth0", "198.51.100.0", "192.0.2.254", 2147483648u),
                "255.255.255.128", 3, 0, 0, 0);
}

static void test_versions(void)
{
    static const char *const trees[] = {
        "/proc/", "/proc/net/route:\n|Iface Destination Gateway\n",
        "/proc/net/ipv6_route:\n"
        "|fd000000000000000000000000000000 40 00000000000000000000000000000000 00"
        " 00000000000000000000000000000000 00000100 00000001 00000000 00000001 eth0"};

    for (guint i = 0; i < G_N_ELEMENTS(trees); i++) {
        char *root = root_tree_unpack_text(trees[i]);
        g_autoptr(GPtrArray) routes = list();
        root_tree_remove(root);
        g_assert_cmpuint(routes->len, ==, i == 2);
    }
}

static void test_unreadable(void)
{
    char *root = root_tree_unpack_text("/proc/net/ipv6_route/");
    g_autoptr(GError) error = NULL;

    g_assert_null(os_route_list(&error));
    root_tree_remove(root);
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY);
}

#define ZERO "00000000000000000000000000000000"

static void test_odd_lines(void)
{
    g_autoptr(GPtrArray) routes = g_ptr_array_new_with_free_func((GDestroyNotify)os_route_free);

    os_route_parse_ipv4("Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT\n"
                        "\neth0\neth0 0 0 0 0 0 0 0 0 0\n"
                        "eth0 100000000 0 0 0 0 0 0 0 0 0\n"
                        "eth0 0 0 0 0 0 -2147483649 0 0 0 0\n"
                        "eth0 0 0 0 0 0 4294967296 0 0 0 0\n"
                        "eth0 0 0 0 0 0 1x 0 0 0 0\n"
                        "eth0 0 0 0 -1 0 0 0 0 0 0\n"
                        "eth0 0 g 0 0 0 0 0 0 0 0\n"
                        "\xff 0 0 0 0 0 4294967295 0 0 0 0",
                        routes);
    os_route_parse_ipv6("\nlo\n" ZERO " 81 " ZERO " 00 " ZERO " 0 0 0 0 lo\n" //
                        ZERO "0 40 " ZERO " 00 " ZERO " 0 0 0 0 lo\n"         //
                        ZERO " 40 " ZERO " 00 0000 0 0 0 0 lo\n"              //
                        "g" ZERO " 40 " ZERO " 00 " ZERO " 0 0 0 0 lo\n"      //
                        ZERO " 40 " ZERO " 00 " ZERO " 0 0 0 100000000 lo\n"  //
                        ZERO " 40 " ZERO " 00 " ZERO " 0 0 0 0         \n"    //
                        ZERO " 80 FE800000000000000000000000000001 80 " ZERO " 0 0 0 0 lo",
                        routes);
    g_assert_cmpuint(routes->len, ==, 2);
    route_at(routes, 0, "\xef\xbf\xbd", "0.0.0.0", "0.0.0.0", G_MAXUINT32);
    g_assert_cmpstr(route_at(routes, 1, "lo", "::", "::", 0)->source, ==, "fe80::1");
}

static void assert_address(const char *text, gboolean ipv6)
{
    g_autoptr(GInetAddress) address = g_inet_address_new_from_string(text);
    g_assert_nonnull(address);
    g_assert_cmpint(g_inet_address_get_family(address) == G_SOCKET_FAMILY_IPV6, ==, ipv6);
}

static void test_this_machine(void)
{
    g_autoptr(GPtrArray) routes = list();
    gboolean ipv6 = FALSE;

    for (guint i = 0; i < routes->len; i++) {
        const OsRoute *route = g_ptr_array_index(routes, i);
        g_assert_false(ipv6 && !route->ipv6);
        ipv6 = route->ipv6;
        assert_address(route->destination, ipv6);
        assert_address(route->gateway, ipv6);
        assert_address(ipv6 ? route->source : route->mask, ipv6);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/route/of-captured-tables", test_captured);
    g_test_add_func("/route/addresses-in-this-machine's-order-of-bytes", test_byte_order);
    g_test_add_func("/route/none-of-a-version-that-is-missing", test_versions);
    g_test_add_func("/route/an-error-if-a-table-cannot-be-read", test_unreadable);
    g_test_add_func("/route/odd-lines-cost-only-themselves", test_odd_lines);
    g_test_add_func("/route/ipv4-comes-before-ipv6", test_this_machine);
    return g_test_run();
}
