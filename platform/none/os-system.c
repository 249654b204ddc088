/* SPDX-License-Identifier: Apache-2.0 */
#include "os-system.h"
#include "none.h"

OsSystemInfo *os_system_info(GError **error)
{
    return none_fail_null(error);
}

char *os_system_host_name(GError **error)
{
    return none_fail_null(error);
}

GTimeZone *os_system_time_zone(void)
{
    return g_time_zone_new_utc();
}

gboolean os_system_load(double load[3], GError **error)
{
    return none_fail(error);
}

char *os_system_boot_id(void)
{
    return NULL;
}
