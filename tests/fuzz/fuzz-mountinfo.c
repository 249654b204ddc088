/* SPDX-License-Identifier: Apache-2.0 */
#include "../../platform/posix/linux/os-mountinfo.h"
#include "fuzz.h"

#include <string.h>

/* Whatever stands in the table: fields are there, each id is there once, and of the mounts at a
 * path at most one can be seen. */
static void check(const OsMount *mount, GHashTable *ids, GHashTable *visible)
{
    g_assert_true(mount->root && mount->type && mount->source);
    g_assert_true(*mount->mountpoint == '/');
    g_assert_true(g_hash_table_add(ids, GUINT_TO_POINTER(mount->id)));
    if (!mount->hidden)
        g_assert_true(g_hash_table_add(visible, mount->mountpoint));
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autoptr(GPtrArray) mounts = os_mountinfo_parse(text ? text : "");
    g_autoptr(GHashTable) ids = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) visible = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < mounts->len; i++)
        check(g_ptr_array_index(mounts, i), ids, visible);
    return 0;
}
