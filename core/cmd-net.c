/* SPDX-License-Identifier: Apache-2.0 */
#include "os-network.h"
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
