/* SPDX-License-Identifier: Apache-2.0 */
#include "os-cpu.h"

#include <gio/gio.h>
#include <windows.h>

/* Those of all processor groups, numbered through.  Windows takes one into use when it appears, and
 * none out of it again. */
static gint64 count(void)
{
    return GetActiveProcessorCount(ALL_PROCESSOR_GROUPS);
}

GArray *os_cpu_list(GError **error)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(OsCpu));
    gint64 n = count();

    for (gint64 id = 0; id < n; id++) {
        OsCpu cpu = {.id = id, .online = TRUE, .can_offline = FALSE};
        g_array_append_val(list, cpu);
    }
    return list;
}

gboolean os_cpu_set_online(gint64 id, gboolean online, GError **error)
{
    gboolean is_there = id >= 0 && id < count();

    if (is_there && online)
        return TRUE;
    g_set_error(error, G_IO_ERROR, is_there ? G_IO_ERROR_NOT_SUPPORTED : G_IO_ERROR_NOT_FOUND,
                is_there ? "processor %" G_GINT64_FORMAT " is always in use"
                         : "there is no processor %" G_GINT64_FORMAT,
                id);
    return FALSE;
}
