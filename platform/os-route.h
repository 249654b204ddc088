/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* Where packets are sent.  Addresses are numeric text; an address of zeros where there is none. */

typedef struct {
    gboolean ipv6;   /* else IPv4 */
    char *interface; /* name, UTF-8; "*" for a route that leads nowhere */
    char *destination;
    char *gateway;
    guint32 metric; /* the lower, the better */
    guint32 flags;  /* RTF_ bits of <linux/route.h> and <linux/ipv6_route.h> */
    guint32 references;
    guint32 uses; /* look-ups that found it */

    char *mask;     /* of the destination; this and the next three are of IPv4, else NULL and 0 */
    guint32 mtu;    /* bytes, 0 if the route has none of its own */
    guint32 window; /* bytes, the same */
    guint32 rtt;    /* initial round-trip time in milliseconds, the same */

    char *source;               /* network that packets come from; the rest is of IPv6 */
    guint32 destination_prefix; /* bits */
    guint32 source_prefix;      /* bits */
} OsRoute;

/* The routes of IPv4, then those of IPv6, in the system's order: what it lists for people, so of
 * IPv4 the main table and one gateway per route.  None of a version that the system lacks.  Reads
 * files, so it runs on a lane.  The caller owns the array of OsRoute. */
GPtrArray *os_route_list(GError **error);
void os_route_free(OsRoute *route);
