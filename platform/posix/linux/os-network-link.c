/* SPDX-License-Identifier: Apache-2.0 */
#include "os-network-link.h"
#include "os-network.h"
#include "os-read.h"
#include "os-root.h"

#include <linux/if_arp.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <string.h>

#define COUNTERS_MAX (8 * 1024 * 1024) /* bytes of /proc/net/dev: some 60,000 interfaces */
#define COLUMNS      12                /* those up to the last one used */
#define LINK_MAX     24                /* bytes; what getifaddrs() has room for in sll_addr */

/* Tunnels give the address of their near end as that of the link. */
static gboolean is_ip_tunnel(unsigned short type)
{
    static const unsigned short tunnels[] = {ARPHRD_TUNNEL, ARPHRD_TUNNEL6, ARPHRD_SIT,
                                             ARPHRD_IPGRE, ARPHRD_IP6GRE};
    for (gsize i = 0; i < G_N_ELEMENTS(tunnels); i++)
        if (type == tunnels[i])
            return TRUE;
    return FALSE;
}

static char *colon_hex(const unsigned char *bytes, gsize n)
{
    GString *text = g_string_sized_new(3 * n);
    for (gsize i = 0; i < n; i++)
        g_string_append_printf(text, i ? ":%02x" : "%02x", bytes[i]);
    return g_string_free(text, FALSE);
}

char *os_network_hardware_address(const struct sockaddr *address)
{
    const struct sockaddr_ll *link = (const struct sockaddr_ll *)(const void *)address;
    if (address->sa_family != AF_PACKET || link->sll_halen < ETH_ALEN ||
        is_ip_tunnel(link->sll_hatype))
        return NULL;
    return colon_hex((const unsigned char *)link + offsetof(struct sockaddr_ll, sll_addr),
                     MIN(link->sll_halen, LINK_MAX));
}

static gboolean read_columns(const char *text, guint64 *columns)
{
    for (int i = 0; i < COLUMNS; i++) {
        char *end;
        while (*text == ' ')
            text++;
        if (!g_ascii_isdigit(*text))
            return FALSE;
        columns[i] = g_ascii_strtoull(text, &end, 10);
        text = end;
    }
    return TRUE;
}

/* "  eth0: 1 2 ...": what was received (bytes, packets, errors, dropped, four more), then what was
 * sent in the same order.  Before Linux 2.6.38 a large number could touch the colon. */
static void parse_line(GHashTable *table, char *line)
{
    guint64 n[COLUMNS];
    char *name = line + strspn(line, " ");
    char *colon = strrchr(name, ':');

    if (!colon || colon == name || !read_columns(colon + 1, n))
        return;
    *colon = '\0';
    g_hash_table_insert(table, g_strdup(name),
                        g_memdup2(&(OsNetworkCounters){n[0], n[1], n[2], n[3], //
                                                       n[8], n[9], n[10], n[11]},
                                  sizeof(OsNetworkCounters)));
}

GHashTable *os_network_counters_parse(const char *text)
{
    GHashTable *table = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    while (*text) {
        gsize len = strcspn(text, "\n");
        g_autofree char *line = g_strndup(text, len);
        parse_line(table, line);
        text += len + (text[len] == '\n');
    }
    return table;
}

GHashTable *os_network_counters(void)
{
    g_autofree char *path = os_root("/proc/net/dev");
    g_autofree char *text = os_read(path, COUNTERS_MAX, NULL, NULL);
    return os_network_counters_parse(text ? text : "");
}
