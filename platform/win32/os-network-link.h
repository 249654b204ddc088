/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-iphlp.h"
#include "os-network.h"

/* Numeric text of an address of IPv4 or IPv6, without its scope; NULL if it is of neither. */
char *os_network_text(const SOCKADDR *address);

/* That of a link of @type (IF_TYPE_), or NULL if what it has is none: a tunnel gives the address of
 * its near end, and what is shorter than that of Ethernet does not go by the name. */
char *os_network_hardware_address(const guint8 *bytes, gsize length, ULONG type);

OsNetworkCounters os_network_counters(const MIB_IF_ROW2 *row);

/* All interfaces with their addresses; free with g_free().  *adapters is NULL if there are none. */
gboolean os_network_adapters(IP_ADAPTER_ADDRESSES **adapters, GError **error);
