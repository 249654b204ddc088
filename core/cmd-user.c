/* SPDX-License-Identifier: Apache-2.0 */
#include "account.h"

#include <gio/gio.h>

#include "error.h"
#include "os-password.h"
#include "os-users.h"
#include "schema-commands.h"

static GuestUser *guest_user(const OsUser *user)
{
    GuestUser *guest = g_new0(GuestUser, 1);
    guest->user = g_strdup(user->name);
    guest->domain = g_strdup(user->domain);
    guest->login_time = user->login_time;
    return guest;
}

/* Accounts of one name in two domains are two users. */
static char *key_of(const OsUser *user)
{
    return g_strdup_printf("%s%s%s", user->domain ? user->domain : "", user->domain ? "\\" : "",
                           user->name);
}

/* Each user once, in the order of the first session seen, with the earliest of the log-ins. */
static GPtrArray *merge(const GPtrArray *sessions)
{
    GPtrArray *users = g_ptr_array_new();
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < sessions->len; i++) {
        const OsUser *session = g_ptr_array_index(sessions, i);
        g_autofree char *key = key_of(session);
        GuestUser *user = g_hash_table_lookup(seen, key);
        if (user) {
            user->login_time = MIN(user->login_time, session->login_time);
        } else {
            user = guest_user(session);
            g_ptr_array_add(users, user);
            g_hash_table_insert(seen, g_steal_pointer(&key), user);
        }
    }
    return users;
}

gboolean cmd_get_users(GPtrArray **out, GError **error)
{
    g_autoptr(GPtrArray) sessions = os_users_list(error);
    if (!sessions)
        return FALSE;
    *out = merge(sessions);
    return TRUE;
}

static gboolean check_password(const GuestSetUserPasswordIn *in, const guint8 *password, gsize size,
                               GError **error)
{
    if (!va_account_password_allowed(password, size, in->crypted))
        return va_fail(error, "forbidden characters in raw password");
    if (size > VA_ACCOUNT_PASSWORD_MAX)
        return va_fail(error, "password is longer than %u bytes", VA_ACCOUNT_PASSWORD_MAX);
    return va_account_name_allowed(in->username) ||
           va_fail(error, "forbidden characters in username");
}

/* What the system cannot do at all is told as it is. */
static gboolean set_password(const GuestSetUserPasswordIn *in, const guint8 *password, gsize size,
                             GError **error)
{
    g_autoptr(GError) why = NULL;

    if (!check_password(in, password, size, error))
        return FALSE;
    if (os_password_set(in->username, password, size, in->crypted, &why))
        return TRUE;
    if (!g_error_matches(why, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
        g_prefix_error(&why, "child process has failed to set user password: ");
    g_propagate_error(error, g_steal_pointer(&why));
    return FALSE;
}

/* The bytes were decoded for this request alone, into memory that may be written to. */
gboolean cmd_set_user_password(const GuestSetUserPasswordIn *in, GError **error)
{
    gsize size;
    gpointer password = (gpointer)g_bytes_get_data(in->password, &size);
    gboolean done = set_password(in, password, size, error);

    os_password_wipe(password, size);
    return done;
}
