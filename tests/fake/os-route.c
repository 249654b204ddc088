/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-info.h"

GPtrArray *os_route_list(GError **error)
{
    const FakeInfo *fake = fake_info();
    GPtrArray *routes;

    if (!fake_info_called(G_STRFUNC, error))
        return NULL;
    routes = g_ptr_array_new_with_free_func((GDestroyNotify)os_route_free);
    for (guint i = 0; i < fake->n_routes; i++) {
        OsRoute *route = g_memdup2(&fake->routes[i], sizeof *route);
        route->interface = g_strdup(route->interface);
        route->destination = g_strdup(route->destination);
        route->gateway = g_strdup(route->gateway);
        route->mask = g_strdup(route->mask);
        route->source = g_strdup(route->source);
        g_ptr_array_add(routes, route);
    }
    return routes;
}
