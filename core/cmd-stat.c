/* SPDX-License-Identifier: Apache-2.0 */
#include "os-system.h"
#include "schema-commands.h"

gboolean cmd_get_load(VaAgent *agent, GuestLoadAverage **out, GError **error)
{
    double load[3];
    if (!os_system_load(load, error)) {
        return FALSE;
    }
    *out = g_new0(GuestLoadAverage, 1);
    (*out)->load1m = load[0];
    (*out)->load5m = load[1];
    (*out)->load15m = load[2];
    return TRUE;
}
