/* SPDX-License-Identifier: Apache-2.0 */
#include "os-root.h"

static char *root;

char *os_root(const char *path)
{
    return g_strconcat(root ? root : "", path, NULL);
}

void os_root_set(const char *directory)
{
    g_free(root);
    root = g_strdup(directory);
}
