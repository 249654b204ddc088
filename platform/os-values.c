/* SPDX-License-Identifier: Apache-2.0 */

/* How the contract's plain structs are freed: the same whatever back end filled them. */

#include "os-network.h"
#include "os-system.h"
#include "os-users.h"

void os_system_info_free(OsSystemInfo *info)
{
    if (!info)
        return;
    g_free(info->kernel_release);
    g_free(info->kernel_version);
    g_free(info->machine);
    g_free(info->id);
    g_free(info->name);
    g_free(info->pretty_name);
    g_free(info->version);
    g_free(info->version_id);
    g_free(info->variant);
    g_free(info->variant_id);
    g_free(info);
}

void os_user_free(OsUser *user)
{
    if (!user)
        return;
    g_free(user->name);
    g_free(user->domain);
    g_free(user);
}

void os_network_address_free(OsNetworkAddress *address)
{
    if (!address)
        return;
    g_free(address->text);
    g_free(address);
}

void os_network_interface_free(OsNetworkInterface *interface)
{
    if (!interface)
        return;
    g_free(interface->name);
    g_free(interface->hardware_address);
    g_ptr_array_unref(interface->addresses);
    g_free(interface->counters);
    g_free(interface);
}
