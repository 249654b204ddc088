/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-info.h"

#include <gio/gio.h>

GArray *os_cpu_list(GError **error)
{
    const FakeInfo *fake = fake_info();
    if (!fake_info_called(G_STRFUNC, error))
        return NULL;
    return g_array_append_vals(g_array_new(FALSE, FALSE, sizeof(OsCpu)), fake->cpus, fake->n_cpus);
}

static OsCpu *find(gint64 id)
{
    const FakeInfo *fake = fake_info();
    for (guint i = 0; i < fake->n_cpus; i++)
        if (fake->cpus[i].id == id)
            return &fake->cpus[i];
    return NULL;
}

gboolean os_cpu_set_online(gint64 id, gboolean online, GError **error)
{
    OsCpu *cpu = find(id);

    if (!fake_info_called(G_STRFUNC, error))
        return FALSE;
    if (cpu && cpu->online == online)
        return TRUE;
    if (!cpu || !cpu->can_offline) {
        g_set_error(error, G_IO_ERROR, cpu ? G_IO_ERROR_NOT_SUPPORTED : G_IO_ERROR_NOT_FOUND,
                    "processor %" G_GINT64_FORMAT " is %s", id, cpu ? "fixed" : "missing");
        return FALSE;
    }
    cpu->online = online;
    return TRUE;
}

GArray *os_cpu_times(GError **error)
{
    const FakeInfo *fake = fake_info();
    if (!fake_info_called(G_STRFUNC, error))
        return NULL;
    return g_array_append_vals(g_array_new(FALSE, FALSE, sizeof(OsCpuTimes)), fake->cpu_times,
                               fake->n_cpu_times);
}
