/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-info.h"

GPtrArray *os_disk_stats_list(GError **error)
{
    const FakeInfo *fake = fake_info();
    GPtrArray *list;

    if (!fake_info_called(G_STRFUNC, error))
        return NULL;
    list = g_ptr_array_new_with_free_func((GDestroyNotify)os_disk_stats_free);
    for (guint i = 0; i < fake->n_disk_stats; i++) {
        OsDiskStats *stats = g_memdup2(&fake->disk_stats[i], sizeof *stats);
        stats->name = g_strdup(stats->name);
        g_ptr_array_add(list, stats);
    }
    return list;
}
