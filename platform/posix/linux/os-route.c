/* SPDX-License-Identifier: Apache-2.0 */
#include "os-route.h"
#include "os-columns.h"
#include "os-read.h"
#include "os-root.h"
#include "os-route-parse.h"

#include <arpa/inet.h>
#include <gio/gio.h>
#include <string.h>

#define ROUTES_MAX (8 * 1024 * 1024) /* bytes of a table: some 60,000 routes */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OsRoute, os_route_free)

/* The kernel prints the four bytes as if they were a number of this machine, so as one of this
 * machine they are those four bytes again. */
static char *take_ipv4(OsColumns *line)
{
    char text[INET_ADDRSTRLEN] = "";
    guint64 number;
    guint32 bytes;

    if (!os_columns_number(line, 16, G_MAXUINT32, &number))
        return NULL;
    bytes = (guint32)number;
    inet_ntop(AF_INET, &bytes, text, sizeof text);
    return g_strdup(text);
}

/* 32 digits, in the order of the bytes. */
static char *take_ipv6(OsColumns *line)
{
    g_autofree char *digits = os_columns_word(line);
    char text[INET6_ADDRSTRLEN] = "";
    guint8 bytes[16];

    if (!digits || strlen(digits) != 2 * sizeof bytes ||
        strspn(digits, "0123456789abcdefABCDEF") != 2 * sizeof bytes)
        return NULL;
    for (gsize i = 0; i < sizeof bytes; i++)
        bytes[i] = (guint8)(g_ascii_xdigit_value(digits[2 * i]) << 4 |
                            g_ascii_xdigit_value(digits[2 * i + 1]));
    inet_ntop(AF_INET6, bytes, text, sizeof text);
    return g_strdup(text);
}

static gboolean take_number(OsColumns *line, guint base, guint32 max, guint32 *value)
{
    guint64 number;
    if (!os_columns_number(line, base, max, &number))
        return FALSE;
    *value = (guint32)number;
    return TRUE;
}

static gboolean take_decimal(OsColumns *line, guint32 *value)
{
    return take_number(line, 10, G_MAXUINT32, value);
}

static gboolean take_hex(OsColumns *line, guint32 *value)
{
    return take_number(line, 16, G_MAXUINT32, value);
}

static gboolean take_prefix(OsColumns *line, guint32 *bits)
{
    return take_number(line, 16, 128, bits);
}

/* IPv4 prints a metric from 2^31 on as a negative number. */
static gboolean take_signed(OsColumns *line, guint32 *value)
{
    g_autofree char *word = os_columns_word(line);
    gint64 number;
    if (!word || !g_ascii_string_to_signed(word, 10, G_MININT32, G_MAXUINT32, &number, NULL))
        return FALSE;
    *value = (guint32)number;
    return TRUE;
}

/* fib_route_seq_show() in net/ipv4/fib_trie.c of Linux. */
static OsRoute *parse_ipv4(OsColumns line)
{
    g_autoptr(OsRoute) route = g_new0(OsRoute, 1);

    if (!(route->interface = os_columns_word(&line)) || !(route->destination = take_ipv4(&line)) ||
        !(route->gateway = take_ipv4(&line)) || !take_hex(&line, &route->flags) ||
        !take_decimal(&line, &route->references) || !take_decimal(&line, &route->uses) ||
        !take_signed(&line, &route->metric) || !(route->mask = take_ipv4(&line)) ||
        !take_decimal(&line, &route->mtu) || !take_decimal(&line, &route->window) ||
        !take_decimal(&line, &route->rtt))
        return NULL;
    return g_steal_pointer(&route);
}

/* ipv6_route_native_seq_show() in net/ipv6/ip6_fib.c of Linux. */
static OsRoute *parse_ipv6(OsColumns line)
{
    g_autoptr(OsRoute) route = g_new0(OsRoute, 1);

    route->ipv6 = TRUE;
    if (!(route->destination = take_ipv6(&line)) ||
        !take_prefix(&line, &route->destination_prefix) || !(route->source = take_ipv6(&line)) ||
        !take_prefix(&line, &route->source_prefix) || !(route->gateway = take_ipv6(&line)) ||
        !take_hex(&line, &route->metric) || !take_hex(&line, &route->references) ||
        !take_hex(&line, &route->uses) || !take_hex(&line, &route->flags) ||
        !(route->interface = os_columns_word(&line)))
        return NULL;
    return g_steal_pointer(&route);
}

static void parse(const char *text, OsRoute *(*parse_line)(OsColumns), GPtrArray *routes)
{
    OsColumns line;
    while (os_columns_line(&text, &line)) {
        OsRoute *route = parse_line(line);
        if (route)
            g_ptr_array_add(routes, route);
    }
}

void os_route_parse_ipv4(const char *text, GPtrArray *routes)
{
    parse(text, parse_ipv4, routes);
}

void os_route_parse_ipv6(const char *text, GPtrArray *routes)
{
    parse(text, parse_ipv6, routes);
}

GPtrArray *os_route_list(GError **error)
{
    static const struct {
        const char *path;
        void (*parse)(const char *text, GPtrArray *routes);
    } tables[] = {
        {"/proc/net/route", os_route_parse_ipv4},
        {"/proc/net/ipv6_route", os_route_parse_ipv6},
    };
    g_autoptr(GPtrArray) routes = g_ptr_array_new_with_free_func((GDestroyNotify)os_route_free);

    for (gsize i = 0; i < G_N_ELEMENTS(tables); i++) {
        g_autofree char *path = os_root(tables[i].path);
        g_autoptr(GError) failure = NULL;
        g_autofree char *text = os_read(path, ROUTES_MAX, NULL, &failure);
        if (text) {
            tables[i].parse(text, routes);
        } else if (!g_error_matches(failure, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)) {
            g_propagate_error(error, g_steal_pointer(&failure));
            return NULL;
        }
    }
    return g_steal_pointer(&routes);
}
