/* SPDX-License-Identifier: Apache-2.0 */
#include "os-hooks.h"
#include "none.h"

gboolean os_hook_check(const char *path, GError **error)
{
    return none_fail(error);
}

GPtrArray *os_hooks_list(const char *directory, GError **error)
{
    return none_fail_null(error);
}
