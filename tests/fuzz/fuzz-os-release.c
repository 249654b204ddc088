/* SPDX-License-Identifier: Apache-2.0 */
#include "../../platform/posix/os-release.h"
#include "fuzz.h"

#include <string.h>

/* Whatever stands in the file: names are names, values are UTF-8, and a value that is written in
 * single quotes is read back as it was. */
static void check(const char *name, const char *value)
{
    g_autofree char *line = g_strdup_printf("%s='%s'", name, value);
    g_autoptr(GHashTable) again = NULL;

    g_assert_true(g_utf8_validate(name, -1, NULL) && *name && !strpbrk(name, "= \t'\""));
    g_assert_true(g_utf8_validate(value, -1, NULL));
    if (!strpbrk(value, "'\n")) {
        again = os_release_parse(line, strlen(line));
        g_assert_cmpstr(g_hash_table_lookup(again, name), ==, value);
    }
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree char *text = g_memdup2(data, size);
    g_autoptr(GHashTable) values = os_release_parse(text ? text : "", size);
    GHashTableIter iter;
    gpointer name, value;

    g_hash_table_iter_init(&iter, values);
    while (g_hash_table_iter_next(&iter, &name, &value)) {
        check(name, value);
    }
    return 0;
}
