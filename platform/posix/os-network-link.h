/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <sys/socket.h>

/* What each kernel tells about its links in a way of its own. */

/* The link-layer address in @address, as os-network.h has it; NULL if that is another kind of
 * address, or the link has none. */
char *os_network_hardware_address(const struct sockaddr *address);

/* OsNetworkCounters by interface name, as the kernel spells it.  Empty if it keeps none. */
GHashTable *os_network_counters(void);

/* The same from the text of /proc/net/dev (net/core/net-procfs.c).  Lines that are not of its
 * format are left out. */
GHashTable *os_network_counters_parse(const char *text);
