/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-info.h"

GPtrArray *os_users_list(GError **error)
{
    const FakeInfo *fake = fake_info();
    GPtrArray *users;

    if (!fake_info_called(G_STRFUNC, error))
        return NULL;
    users = g_ptr_array_new_with_free_func((GDestroyNotify)os_user_free);
    for (guint i = 0; i < fake->n_users; i++) {
        OsUser *user = g_memdup2(&fake->users[i], sizeof *user);
        user->name = g_strdup(user->name);
        user->domain = g_strdup(user->domain);
        g_ptr_array_add(users, user);
    }
    return users;
}
