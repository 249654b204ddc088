/* SPDX-License-Identifier: Apache-2.0 */
#include "os-network.h"
#include "os-error.h"
#include "os-network-link.h"
#include "os-utf16.h"

#define TRIES      8                   /* the list may grow between two of them */
#define LIST_FIRST (16u * 1024)        /* bytes for the first try (MSDN, "GetAdaptersAddresses") */
#define LIST_MAX   (16u * 1024 * 1024) /* some ten thousand interfaces */

static void add_addresses(const IP_ADAPTER_UNICAST_ADDRESS *given, int family, GPtrArray *addresses)
{
    for (; given; given = given->Next) {
        const SOCKADDR *socket = given->Address.lpSockaddr;
        OsNetworkAddress *address;
        if (socket->sa_family != family)
            continue;
        address = g_new0(OsNetworkAddress, 1);
        address->text = os_network_text(socket);
        address->ipv6 = family == AF_INET6;
        address->prefix = given->OnLinkPrefixLength;
        g_ptr_array_add(addresses, address);
    }
}

static OsNetworkCounters *counters_of(NET_LUID luid)
{
    MIB_IF_ROW2 row = {.InterfaceLuid = luid};
    OsNetworkCounters counters;

    if (GetIfEntry2(&row) != NO_ERROR)
        return NULL;
    counters = os_network_counters(&row);
    return g_memdup2(&counters, sizeof counters);
}

static OsNetworkInterface *interface_new(const IP_ADAPTER_ADDRESSES *adapter)
{
    OsNetworkInterface *interface = g_new0(OsNetworkInterface, 1);

    interface->name = os_utf8(adapter->FriendlyName);
    interface->hardware_address = os_network_hardware_address(
        adapter->PhysicalAddress, adapter->PhysicalAddressLength, adapter->IfType);
    interface->addresses = g_ptr_array_new_with_free_func((GDestroyNotify)os_network_address_free);
    add_addresses(adapter->FirstUnicastAddress, AF_INET, interface->addresses);
    add_addresses(adapter->FirstUnicastAddress, AF_INET6, interface->addresses);
    interface->counters = counters_of(adapter->Luid);
    return interface;
}

gboolean os_network_adapters(IP_ADAPTER_ADDRESSES **adapters, GError **error)
{
    static const ULONG flags =
        GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_MULTICAST | GAA_FLAG_SKIP_DNS_SERVER;
    ULONG size = LIST_FIRST, code = ERROR_BUFFER_OVERFLOW;
    g_autofree IP_ADAPTER_ADDRESSES *list = NULL;

    for (int i = 0; i < TRIES && code == ERROR_BUFFER_OVERFLOW && size <= LIST_MAX; i++) {
        g_free(list);
        list = g_malloc0(size);
        code = GetAdaptersAddresses(AF_UNSPEC, flags, NULL, list, &size);
    }
    if (code != NO_ERROR && code != ERROR_NO_DATA)
        return os_error_code(error, (int)code, "failed to list the network interfaces");
    *adapters = code == NO_ERROR ? g_steal_pointer(&list) : NULL;
    return TRUE;
}

GPtrArray *os_network_interfaces(GError **error)
{
    g_autofree IP_ADAPTER_ADDRESSES *adapters = NULL;
    GPtrArray *interfaces;

    if (!os_network_adapters(&adapters, error))
        return NULL;
    interfaces = g_ptr_array_new_with_free_func((GDestroyNotify)os_network_interface_free);
    for (const IP_ADAPTER_ADDRESSES *adapter = adapters; adapter; adapter = adapter->Next) {
        gboolean is_loopback = adapter->IfType == IF_TYPE_SOFTWARE_LOOPBACK;
        g_ptr_array_insert(interfaces, is_loopback ? 0 : -1, interface_new(adapter));
    }
    return interfaces;
}
