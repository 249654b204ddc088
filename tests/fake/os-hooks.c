/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-hooks.h"

#include <gio/gio.h>

static FakeHooks state;

FakeHooks *fake_hooks(void)
{
    return &state;
}

void fake_hooks_reset(void)
{
    state = (FakeHooks){0};
}

static gboolean is_missing(const char *path, GError **error)
{
    if (g_strcmp0(path, state.missing) != 0)
        return FALSE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                "failed to look at hook '%s': No such file or directory", path);
    return TRUE;
}

static gboolean is_refused(const char *path, GError **error)
{
    if (g_strcmp0(path, state.refused) != 0)
        return FALSE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "hook '%s' is writable by others",
                path);
    return TRUE;
}

gboolean os_hook_check(const char *path, GError **error)
{
    return fake_info_called("os_hook_check", error) && !is_missing(path, error) &&
           !is_refused(path, error);
}

GPtrArray *os_hooks_list(const char *directory, GError **error)
{
    g_autoptr(GPtrArray) hooks = g_ptr_array_new_with_free_func(g_free);
    gboolean ours = g_strcmp0(directory, state.directory) == 0;

    if (!fake_info_called("os_hooks_list", error))
        return NULL;
    for (const char *const *name = ours ? state.names : NULL; name && *name; name++) {
        g_autofree char *path = g_build_filename(directory, *name, NULL);
        if (is_refused(path, error))
            return NULL;
        g_ptr_array_add(hooks, g_steal_pointer(&path));
    }
    return g_steal_pointer(&hooks);
}
