/* SPDX-License-Identifier: Apache-2.0 */
#include "../../platform/posix/linux/os-route-parse.h"
#include "fuzz.h"

#include <gio/gio.h>
#include <string.h>

static void check_address(const char *text, gboolean ipv6)
{
    g_autoptr(GInetAddress) address = text ? g_inet_address_new_from_string(text) : NULL;
    g_assert_nonnull(address);
    g_assert_cmpint(g_inet_address_get_family(address) == G_SOCKET_FAMILY_IPV6, ==, ipv6);
}

static void check(const OsRoute *route, gboolean ipv6)
{
    g_assert_cmpint(route->ipv6, ==, ipv6);
    g_assert_true(*route->interface && g_utf8_validate(route->interface, -1, NULL));
    check_address(route->destination, ipv6);
    check_address(route->gateway, ipv6);
    check_address(ipv6 ? route->source : route->mask, ipv6);
    g_assert_true((ipv6 ? route->mask : route->source) == NULL);
    g_assert_cmpuint(route->destination_prefix, <=, ipv6 ? 128 : 0);
    g_assert_cmpuint(route->source_prefix, <=, ipv6 ? 128 : 0);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree char *text = g_strndup(size > 0 ? (const char *)data : "", size);
    g_autoptr(GPtrArray) routes = g_ptr_array_new_with_free_func((GDestroyNotify)os_route_free);
    guint of_ipv4;

    os_route_parse_ipv4(text, routes);
    of_ipv4 = routes->len;
    os_route_parse_ipv6(text, routes);
    for (guint i = 0; i < routes->len; i++)
        check(g_ptr_array_index(routes, i), i >= of_ipv4);
    return 0;
}
