/* SPDX-License-Identifier: Apache-2.0 */
#include "os-network.h"
#include "os-route.h"
#include "schema-commands.h"

static GuestIpAddress *guest_address(const OsNetworkAddress *address)
{
    GuestIpAddress *guest = g_new0(GuestIpAddress, 1);
    guest->ip_address = g_strdup(address->text);
    guest->ip_address_type =
        address->ipv6 ? GUEST_IP_ADDRESS_TYPE_IPV6 : GUEST_IP_ADDRESS_TYPE_IPV4;
    guest->prefix = address->prefix;
    return guest;
}

/* No address, no list: clients tell an idle interface by the member that is missing. */
static GPtrArray *guest_addresses(const GPtrArray *addresses)
{
    GPtrArray *guest = addresses->len > 0 ? g_ptr_array_sized_new(addresses->len) : NULL;
    for (guint i = 0; i < addresses->len; i++)
        g_ptr_array_add(guest, guest_address(g_ptr_array_index(addresses, i)));
    return guest;
}

static GuestNetworkInterfaceStat *guest_counters(const OsNetworkCounters *counters)
{
    GuestNetworkInterfaceStat *guest = counters ? g_new0(GuestNetworkInterfaceStat, 1) : NULL;
    if (guest) {
        guest->rx_bytes = counters->rx_bytes;
        guest->rx_packets = counters->rx_packets;
        guest->rx_errs = counters->rx_errors;
        guest->rx_dropped = counters->rx_dropped;
        guest->tx_bytes = counters->tx_bytes;
        guest->tx_packets = counters->tx_packets;
        guest->tx_errs = counters->tx_errors;
        guest->tx_dropped = counters->tx_dropped;
    }
    return guest;
}

static GuestNetworkInterface *guest_interface(const OsNetworkInterface *interface)
{
    GuestNetworkInterface *guest = g_new0(GuestNetworkInterface, 1);
    guest->name = g_strdup(interface->name);
    guest->hardware_address = g_strdup(interface->hardware_address);
    guest->ip_addresses = guest_addresses(interface->addresses);
    guest->statistics = guest_counters(interface->counters);
    return guest;
}

gboolean cmd_network_get_interfaces(GPtrArray **out, GError **error)
{
    g_autoptr(GPtrArray) interfaces = os_network_interfaces(error);
    if (!interfaces)
        return FALSE;
    *out = g_ptr_array_sized_new(interfaces->len);
    for (guint i = 0; i < interfaces->len; i++)
        g_ptr_array_add(*out, guest_interface(g_ptr_array_index(interfaces, i)));
    return TRUE;
}

static void fill_ipv4(GuestNetworkRoute *guest, const OsRoute *route)
{
    guest->version = 4;
    guest->gateway = g_strdup(route->gateway);
    guest->mask = g_strdup(route->mask);
    guest->has_irtt = guest->has_window = guest->has_mtu = TRUE;
    guest->irtt = route->rtt;
    guest->window = route->window;
    guest->mtu = route->mtu;
}

static void fill_ipv6(GuestNetworkRoute *guest, const OsRoute *route)
{
    guest->version = 6;
    guest->nexthop = g_strdup(route->gateway);
    guest->desprefixlen = g_strdup_printf("%u", route->destination_prefix);
    guest->source = g_strdup(route->source);
    guest->srcprefixlen = g_strdup_printf("%u", route->source_prefix);
}

static GuestNetworkRoute *guest_route(const OsRoute *route)
{
    GuestNetworkRoute *guest = g_new0(GuestNetworkRoute, 1);
    guest->iface = g_strdup(route->interface);
    guest->destination = g_strdup(route->destination);
    guest->metric = route->metric;
    guest->has_flags = guest->has_refcnt = guest->has_use = TRUE;
    guest->flags = route->flags;
    guest->refcnt = route->references;
    guest->use = route->uses;
    (route->ipv6 ? fill_ipv6 : fill_ipv4)(guest, route);
    return guest;
}

gboolean cmd_network_get_route(GPtrArray **out, GError **error)
{
    g_autoptr(GPtrArray) routes = os_route_list(error);
    if (!routes)
        return FALSE;
    *out = g_ptr_array_sized_new(routes->len);
    for (guint i = 0; i < routes->len; i++)
        g_ptr_array_add(*out, guest_route(g_ptr_array_index(routes, i)));
    return TRUE;
}
