/* SPDX-License-Identifier: Apache-2.0 */
#include "freeze-plan.h"

static void item_free(gpointer data)
{
    VaFreezeItem *item = data;
    g_free(item->reason);
    g_free(item->problem);
    g_free(item);
}

void va_freeze_item_set(VaFreezeItem *item, VaFreezeState state, char *reason)
{
    g_free(item->reason);
    item->reason = reason;
    item->state = state;
}

static void add(VaFreezePlan *plan, OsFilesystem *filesystem, gboolean skipped)
{
    VaFreezeItem *item = g_new0(VaFreezeItem, 1);

    item->filesystem = filesystem;
    item->write_out_ms = item->freeze_ms = item->thaw_ms = -1;
    if (filesystem->obstacle)
        va_freeze_item_set(item, VA_FREEZE_SKIPPED, g_strdup(filesystem->obstacle));
    else if (skipped)
        va_freeze_item_set(item, VA_FREEZE_SKIPPED, g_strdup("named by fsfreeze-skip"));
    g_ptr_array_add(plan->items, item);
}

static VaFreezePlan *plan_alloc(GPtrArray *filesystems)
{
    VaFreezePlan *plan = g_new0(VaFreezePlan, 1);
    plan->references = 1;
    plan->filesystems = filesystems;
    plan->items = g_ptr_array_new_with_free_func(item_free);
    return plan;
}

/* A set of the filesystems that @paths stand for.  A path that stands for none is an error if
 * @must_exist, and otherwise of no account. */
static GHashTable *find_all(const GPtrArray *filesystems, const GPtrArray *paths,
                            gboolean must_exist, GError **error)
{
    g_autoptr(GHashTable) found = g_hash_table_new(NULL, NULL);

    for (guint i = 0; paths && i < paths->len; i++) {
        OsFilesystem *one = os_freeze_find(filesystems, paths->pdata[i], must_exist ? error : NULL);
        if (one)
            g_hash_table_add(found, one);
        else if (must_exist)
            return NULL;
    }
    return g_steal_pointer(&found);
}

VaFreezePlan *va_freeze_plan_new(const GPtrArray *paths, const GPtrArray *skip, GError **error)
{
    GPtrArray *filesystems = os_freeze_list(error);
    if (!filesystems)
        return NULL;
    g_autoptr(VaFreezePlan) plan = plan_alloc(filesystems);
    g_autoptr(GHashTable) wanted = find_all(filesystems, paths, TRUE, error);
    if (!wanted)
        return NULL;
    g_autoptr(GHashTable) skipped = find_all(filesystems, skip, FALSE, NULL);

    for (guint i = 0; i < filesystems->len; i++) {
        OsFilesystem *one = filesystems->pdata[i];
        if (!paths || g_hash_table_contains(wanted, one))
            add(plan, one, g_hash_table_contains(skipped, one));
    }
    return g_steal_pointer(&plan);
}

VaFreezePlan *va_freeze_plan_of(GPtrArray *filesystems)
{
    VaFreezePlan *plan = plan_alloc(filesystems);
    for (guint i = 0; i < filesystems->len; i++)
        add(plan, filesystems->pdata[i], FALSE);
    return plan;
}

VaFreezePlan *va_freeze_plan_ref(VaFreezePlan *plan)
{
    g_atomic_int_inc(&plan->references);
    return plan;
}

void va_freeze_plan_unref(VaFreezePlan *plan)
{
    if (!plan || !g_atomic_int_dec_and_test(&plan->references))
        return;
    g_ptr_array_unref(plan->items);
    g_ptr_array_unref(plan->filesystems);
    g_free(plan);
}

guint va_freeze_plan_count(const VaFreezePlan *plan, VaFreezeState first, VaFreezeState last)
{
    guint count = 0;
    for (guint i = 0; i < plan->items->len; i++) {
        const VaFreezeItem *item = plan->items->pdata[i];
        count += item->state >= first && item->state <= last;
    }
    return count;
}
