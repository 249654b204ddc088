/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-route.h"

/* Adds to @routes (of OsRoute) those in a text that is written like /proc/net/route, heading
 * included, or like /proc/net/ipv6_route; lines that are not are left out. */
void os_route_parse_ipv4(const char *text, GPtrArray *routes);
void os_route_parse_ipv6(const char *text, GPtrArray *routes);
