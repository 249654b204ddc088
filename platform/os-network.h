/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* Network interfaces as the guest sees them. */

typedef struct {
    char *text;    /* numeric, without a scope ("fe80::1") */
    gboolean ipv6; /* else IPv4 */
    gint64 prefix; /* length of the network prefix in bits */
} OsNetworkAddress;

typedef struct {
    guint64 rx_bytes, rx_packets, rx_errors, rx_dropped;
    guint64 tx_bytes, tx_packets, tx_errors, tx_dropped;
} OsNetworkCounters;

typedef struct {
    char *name;                  /* UTF-8 */
    char *hardware_address;      /* "52:54:00:12:34:56", lower case; NULL if it has none */
    GPtrArray *addresses;        /* of OsNetworkAddress, IPv4 before IPv6; may be empty */
    OsNetworkCounters *counters; /* NULL if unknown */
} OsNetworkInterface;

/* Every interface once, the loopback first, the others in the system's order.  May wait for the
 * kernel's network lock, so it runs on a lane.  The caller owns the array of OsNetworkInterface. */
GPtrArray *os_network_interfaces(GError **error);
void os_network_address_free(OsNetworkAddress *address);
void os_network_interface_free(OsNetworkInterface *interface);
