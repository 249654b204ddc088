/* SPDX-License-Identifier: Apache-2.0 */
#include "os-network.h"
#include "os-error.h"
#include "os-network-link.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

typedef struct ifaddrs IfAddrs;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IfAddrs, freeifaddrs)

/* What is being gathered.  Interfaces are told apart by the kernel's bytes: two names may become
 * one in UTF-8. */
typedef struct {
    GPtrArray *interfaces;
    GHashTable *by_name;  /* both sides borrowed: ifa_name to OsNetworkInterface */
    GHashTable *counters; /* see os_network_counters() */
} Scan;

/* "eth0:1" is an address of eth0 that was given a label, which getifaddrs() puts in the place of
 * the name.  qemu-ga lists it as an interface with the hardware address of eth0, and so do we. */
static char *labelled_hardware_address(const Scan *scan, const char *name)
{
    g_autofree char *owner = g_strndup(name, strcspn(name, ":"));
    const OsNetworkInterface *found = g_hash_table_lookup(scan->by_name, owner);
    return found ? g_strdup(found->hardware_address) : NULL;
}

static OsNetworkInterface *scan_add(Scan *scan, const IfAddrs *entry)
{
    OsNetworkInterface *interface = g_new0(OsNetworkInterface, 1);
    gconstpointer counters = g_hash_table_lookup(scan->counters, entry->ifa_name);

    interface->name = g_utf8_make_valid(entry->ifa_name, -1);
    interface->hardware_address = labelled_hardware_address(scan, entry->ifa_name);
    interface->addresses = g_ptr_array_new_with_free_func((GDestroyNotify)os_network_address_free);
    interface->counters = g_memdup2(counters, sizeof *interface->counters);
    g_ptr_array_insert(scan->interfaces, entry->ifa_flags & IFF_LOOPBACK ? 0 : -1, interface);
    g_hash_table_insert(scan->by_name, entry->ifa_name, interface);
    return interface;
}

static const unsigned char *address_bytes(const struct sockaddr *address)
{
    const void *any = address;
    return address->sa_family == AF_INET
               ? (const unsigned char *)&((const struct sockaddr_in *)any)->sin_addr
               : (const unsigned char *)&((const struct sockaddr_in6 *)any)->sin6_addr;
}

/* An address without a mask stands for itself alone. */
static gint64 prefix_length(const struct sockaddr *mask, gsize size)
{
    gint64 bits = 0;
    for (gsize i = 0; mask && i < size; i++)
        bits += __builtin_popcount(address_bytes(mask)[i]);
    return mask ? bits : (gint64)size * 8;
}

static OsNetworkAddress *address_new(const IfAddrs *entry)
{
    char text[INET6_ADDRSTRLEN] = "";
    gboolean ipv6 = entry->ifa_addr->sa_family == AF_INET6;
    gsize size = ipv6 ? sizeof(struct in6_addr) : sizeof(struct in_addr);
    OsNetworkAddress *address = g_new0(OsNetworkAddress, 1);

    inet_ntop(entry->ifa_addr->sa_family, address_bytes(entry->ifa_addr), text, sizeof text);
    address->text = g_strdup(text);
    address->ipv6 = ipv6;
    address->prefix = prefix_length(entry->ifa_netmask, size);
    return address;
}

static int family_of(const IfAddrs *entry)
{
    int family = entry->ifa_addr ? entry->ifa_addr->sa_family : AF_UNSPEC;
    return family == AF_INET || family == AF_INET6 ? family : AF_UNSPEC;
}

static void scan_entry(Scan *scan, const IfAddrs *entry)
{
    OsNetworkInterface *interface = g_hash_table_lookup(scan->by_name, entry->ifa_name);
    if (!interface)
        interface = scan_add(scan, entry);
    if (family_of(entry) != AF_UNSPEC)
        g_ptr_array_add(interface->addresses, address_new(entry));
    else if (entry->ifa_addr && !interface->hardware_address)
        interface->hardware_address = os_network_hardware_address(entry->ifa_addr);
}

/* The links first: they give the interfaces their order. */
GPtrArray *os_network_interfaces(GError **error)
{
    static const int families[] = {AF_UNSPEC, AF_INET, AF_INET6};
    g_autoptr(GHashTable) counters = NULL;
    g_autoptr(GHashTable) by_name = NULL;
    g_autoptr(IfAddrs) entries = NULL;
    Scan scan;

    if (getifaddrs(&entries) == -1)
        return os_error_null(error, "failed to list the network interfaces");
    scan.interfaces = g_ptr_array_new_with_free_func((GDestroyNotify)os_network_interface_free);
    scan.by_name = by_name = g_hash_table_new(g_str_hash, g_str_equal);
    scan.counters = counters = os_network_counters();
    for (gsize i = 0; i < G_N_ELEMENTS(families); i++) {
        for (const IfAddrs *entry = entries; entry; entry = entry->ifa_next)
            if (family_of(entry) == families[i])
                scan_entry(&scan, entry);
    }
    return scan.interfaces;
}
