/* SPDX-License-Identifier: Apache-2.0 */
#include "os-network-link.h"

#define ETHERNET_LENGTH 6u /* bytes of a hardware address */

char *os_network_text(const SOCKADDR *address)
{
    const void *any = address;
    char text[INET6_ADDRSTRLEN];
    const void *bytes = address->sa_family == AF_INET
                            ? (const void *)&((const SOCKADDR_IN *)any)->sin_addr
                            : (const void *)&((const SOCKADDR_IN6 *)any)->sin6_addr;

    if (address->sa_family != AF_INET && address->sa_family != AF_INET6)
        return NULL;
    return g_strdup(inet_ntop(address->sa_family, bytes, text, sizeof text));
}

char *os_network_hardware_address(const guint8 *bytes, gsize length, ULONG type)
{
    GString *text;

    if (length < ETHERNET_LENGTH || type == IF_TYPE_TUNNEL || type == IF_TYPE_SOFTWARE_LOOPBACK)
        return NULL;
    text = g_string_sized_new(3 * length);
    for (gsize i = 0; i < length; i++)
        g_string_append_printf(text, i ? ":%02x" : "%02x", bytes[i]);
    return g_string_free(text, FALSE);
}

/* Packets to one receiver and those to several are counted apart. */
OsNetworkCounters os_network_counters(const MIB_IF_ROW2 *row)
{
    return (OsNetworkCounters){
        .rx_bytes = row->InOctets,
        .rx_packets = row->InUcastPkts + row->InNUcastPkts,
        .rx_errors = row->InErrors,
        .rx_dropped = row->InDiscards,
        .tx_bytes = row->OutOctets,
        .tx_packets = row->OutUcastPkts + row->OutNUcastPkts,
        .tx_errors = row->OutErrors,
        .tx_dropped = row->OutDiscards,
    };
}
