/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-info.h"

static gpointer copy_address(gconstpointer from, gpointer data)
{
    OsNetworkAddress *address = g_memdup2(from, sizeof *address);
    address->text = g_strdup(address->text);
    return address;
}

/* The test may leave the array of addresses out. */
static OsNetworkInterface *copy_interface(const OsNetworkInterface *from)
{
    OsNetworkInterface *interface = g_new0(OsNetworkInterface, 1);
    interface->name = g_strdup(from->name);
    interface->hardware_address = g_strdup(from->hardware_address);
    interface->counters = g_memdup2(from->counters, sizeof *from->counters);
    interface->addresses =
        from->addresses ? g_ptr_array_copy(from->addresses, copy_address, NULL) : g_ptr_array_new();
    g_ptr_array_set_free_func(interface->addresses, (GDestroyNotify)os_network_address_free);
    return interface;
}

GPtrArray *os_network_interfaces(GError **error)
{
    const FakeInfo *fake = fake_info();
    GPtrArray *interfaces;

    if (!fake_info_called(G_STRFUNC, error))
        return NULL;
    interfaces = g_ptr_array_new_with_free_func((GDestroyNotify)os_network_interface_free);
    for (guint i = 0; i < fake->n_interfaces; i++)
        g_ptr_array_add(interfaces, copy_interface(&fake->interfaces[i]));
    return interfaces;
}
