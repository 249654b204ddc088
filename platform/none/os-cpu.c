/* SPDX-License-Identifier: Apache-2.0 */
#include "os-cpu.h"
#include "none.h"

GArray *os_cpu_list(GError **error)
{
    return none_fail_null(error);
}

gboolean os_cpu_set_online(gint64 id, gboolean online, GError **error)
{
    return none_fail(error);
}

GArray *os_cpu_times(GError **error)
{
    return none_fail_null(error);
}
