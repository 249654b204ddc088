/* SPDX-License-Identifier: Apache-2.0 */
#include "os-route-row.h"
#include "os-network-link.h"

#include <string.h>

/* The bits of <linux/route.h> and <linux/ipv6_route.h> that a row knows about. */
enum {
    RTF_UP = 0x1,
    RTF_GATEWAY = 0x2,
    RTF_HOST = 0x4,
    RTF_DYNAMIC = 0x10,     /* made by a redirection */
    RTF_ADDRCONF = 0x40000, /* announced by a router; IPv6 only */
};

static gboolean is_zero(const SOCKADDR_INET *address)
{
    static const guint8 zeros[16] = {0};
    return address->si_family == AF_INET6
               ? memcmp(&address->Ipv6.sin6_addr, zeros, sizeof zeros) == 0
               : address->Ipv4.sin_addr.s_addr == 0;
}

static guint32 flags_of(const MIB_IPFORWARD_ROW2 *row, gboolean ipv6)
{
    guint32 flags = RTF_UP;
    if (!is_zero(&row->NextHop))
        flags |= RTF_GATEWAY;
    if (row->DestinationPrefix.PrefixLength == (ipv6 ? 128 : 32))
        flags |= RTF_HOST;
    if (row->Protocol == MIB_IPPROTO_ICMP)
        flags |= RTF_DYNAMIC;
    if (ipv6 && row->Origin == NlroRouterAdvertisement)
        flags |= RTF_ADDRCONF;
    return flags;
}

static char *mask_of(guint prefix)
{
    guint32 bits = prefix == 0 ? 0 : G_MAXUINT32 << (32 - MIN(prefix, 32));
    return g_strdup_printf("%u.%u.%u.%u", bits >> 24, bits >> 16 & 0xff, bits >> 8 & 0xff,
                           bits & 0xff);
}

static guint32 sum(guint32 a, guint32 b)
{
    return a > G_MAXUINT32 - b ? G_MAXUINT32 : a + b;
}

/* An address of no family at all is one of zeros: so is the next hop of a route without one. */
static char *text_of(const SOCKADDR_INET *address, gboolean ipv6)
{
    char *text = os_network_text((const SOCKADDR *)address);
    return text ? text : g_strdup(ipv6 ? "::" : "0.0.0.0");
}

OsRoute *os_route_of_row(const MIB_IPFORWARD_ROW2 *row, guint32 interface_metric)
{
    OsRoute *route = g_new0(OsRoute, 1);

    route->ipv6 = row->DestinationPrefix.Prefix.si_family == AF_INET6;
    route->destination = text_of(&row->DestinationPrefix.Prefix, route->ipv6);
    route->gateway = text_of(&row->NextHop, route->ipv6);
    route->metric = sum(row->Metric, interface_metric);
    route->flags = flags_of(row, route->ipv6);
    if (route->ipv6) {
        route->source = g_strdup("::");
        route->destination_prefix = row->DestinationPrefix.PrefixLength;
    } else {
        route->mask = mask_of(row->DestinationPrefix.PrefixLength);
    }
    return route;
}
