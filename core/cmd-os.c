/* SPDX-License-Identifier: Apache-2.0 */
#include "os-system.h"
#include "schema-commands.h"

/* The kernel's name for itself and what its distribution says, handed over member by member. */
gboolean cmd_get_osinfo(GuestOSInfo **out, GError **error)
{
    g_autoptr(OsSystemInfo) info = os_system_info(error);
    GuestOSInfo *reply;

    if (!info)
        return FALSE;
    reply = g_new0(GuestOSInfo, 1);
    reply->kernel_release = g_steal_pointer(&info->kernel_release);
    reply->kernel_version = g_steal_pointer(&info->kernel_version);
    reply->machine = g_steal_pointer(&info->machine);
    reply->id = g_steal_pointer(&info->id);
    reply->name = g_steal_pointer(&info->name);
    reply->pretty_name = g_steal_pointer(&info->pretty_name);
    reply->version = g_steal_pointer(&info->version);
    reply->version_id = g_steal_pointer(&info->version_id);
    reply->variant = g_steal_pointer(&info->variant);
    reply->variant_id = g_steal_pointer(&info->variant_id);
    *out = reply;
    return TRUE;
}

gboolean cmd_get_host_name(VaAgent *agent, GuestHostName **out, GError **error)
{
    char *name = os_system_host_name(error);
    if (!name)
        return FALSE;
    *out = g_new0(GuestHostName, 1);
    (*out)->host_name = name;
    return TRUE;
}
