/* SPDX-License-Identifier: Apache-2.0 */
#include "os-route.h"
#include "os-error.h"
#include "os-network-link.h"
#include "os-route-row.h"
#include "os-utf16.h"

#define NAME_UNITS 257u /* IF_MAX_STRING_SIZE and the NUL */

static const IP_ADAPTER_ADDRESSES *find(const IP_ADAPTER_ADDRESSES *adapters, NET_LUID luid)
{
    while (adapters && adapters->Luid.Value != luid.Value)
        adapters = adapters->Next;
    return adapters;
}

/* As guest-network-get-interfaces names it.  One that is not listed there has the same kind of
 * name, or at least a number. */
static char *interface_name(const IP_ADAPTER_ADDRESSES *adapter, const MIB_IPFORWARD_ROW2 *row)
{
    wchar_t name[NAME_UNITS];

    if (adapter)
        return os_utf8(adapter->FriendlyName);
    if (ConvertInterfaceLuidToAlias(&row->InterfaceLuid, name, G_N_ELEMENTS(name)) == NO_ERROR)
        return os_utf8(name);
    return g_strdup_printf("%lu", row->InterfaceIndex);
}

/* From the list, as GetIpInterfaceEntry() would say it for each route anew. */
static guint32 interface_metric(const IP_ADAPTER_ADDRESSES *adapter, const MIB_IPFORWARD_ROW2 *row)
{
    if (!adapter)
        return 0;
    return row->DestinationPrefix.Prefix.si_family == AF_INET6 ? adapter->Ipv6Metric
                                                               : adapter->Ipv4Metric;
}

static OsRoute *route_new(const IP_ADAPTER_ADDRESSES *adapters, const MIB_IPFORWARD_ROW2 *row)
{
    const IP_ADAPTER_ADDRESSES *adapter = find(adapters, row->InterfaceLuid);
    OsRoute *route = os_route_of_row(row, interface_metric(adapter, row));

    route->interface = interface_name(adapter, row);
    return route;
}

/* A system without this version of IP has no such table. */
static gboolean add_family(ADDRESS_FAMILY family, const IP_ADAPTER_ADDRESSES *adapters,
                           GPtrArray *routes, GError **error)
{
    MIB_IPFORWARD_TABLE2 *table = NULL;
    DWORD code = GetIpForwardTable2(family, &table);

    if (code == ERROR_NOT_FOUND || code == ERROR_NOT_SUPPORTED)
        return TRUE;
    if (code != NO_ERROR)
        return os_error_code(error, (int)code, "failed to list the routes");
    for (ULONG i = 0; i < table->NumEntries; i++)
        g_ptr_array_add(routes, route_new(adapters, &table->Table[i]));
    FreeMibTable(table);
    return TRUE;
}

GPtrArray *os_route_list(GError **error)
{
    g_autoptr(GPtrArray) routes = g_ptr_array_new_with_free_func((GDestroyNotify)os_route_free);
    g_autofree IP_ADAPTER_ADDRESSES *adapters = NULL;

    if (!os_network_adapters(&adapters, error) || !add_family(AF_INET, adapters, routes, error) ||
        !add_family(AF_INET6, adapters, routes, error))
        return NULL;
    return g_steal_pointer(&routes);
}
