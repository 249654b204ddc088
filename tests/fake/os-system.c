/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-info.h"

#include <string.h>

OsSystemInfo *os_system_info(GError **error)
{
    const OsSystemInfo *from = &fake_info()->system;
    OsSystemInfo *info;

    if (!fake_info_called(G_STRFUNC, error))
        return NULL;
    info = g_new0(OsSystemInfo, 1);
    info->kernel_release = g_strdup(from->kernel_release);
    info->kernel_version = g_strdup(from->kernel_version);
    info->machine = g_strdup(from->machine);
    info->id = g_strdup(from->id);
    info->name = g_strdup(from->name);
    info->pretty_name = g_strdup(from->pretty_name);
    info->version = g_strdup(from->version);
    info->version_id = g_strdup(from->version_id);
    info->variant = g_strdup(from->variant);
    info->variant_id = g_strdup(from->variant_id);
    return info;
}

char *os_system_host_name(GError **error)
{
    return fake_info_called(G_STRFUNC, error) ? g_strdup(fake_info()->host_name) : NULL;
}

GTimeZone *os_system_time_zone(void)
{
    const char *name = fake_info()->zone;
    return name ? g_time_zone_new_identifier(name) : g_time_zone_new_utc();
}

gboolean os_system_load(double load[3], GError **error)
{
    if (!fake_info_called(G_STRFUNC, error))
        return FALSE;
    memcpy(load, fake_info()->load, sizeof fake_info()->load);
    return TRUE;
}

char *os_system_boot_id(void)
{
    return g_strdup(fake_info()->boot_id);
}
