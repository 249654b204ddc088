/* SPDX-License-Identifier: Apache-2.0 */
#include "os-users-login.h"
#include "os-login.h"

#define TIMEOUT_S     2    /* for all questions together, and for each step of signing in */
#define MOST_SESSIONS 8192 /* what logind itself allows by default (SessionsMax) */

/* Classes: "user", "user-early" and "user-light" are people, "greeter", "lock-screen", "manager",
 * "background" are not.  A session is "closing" when its user has left and a program stayed. */
static OsUser *user_of_session(GVariant *properties)
{
    const char *name = "", *class = "", *state = "";
    guint64 microseconds = 0;

    g_variant_lookup(properties, "Name", "&s", &name);
    g_variant_lookup(properties, "Class", "&s", &class);
    g_variant_lookup(properties, "State", "&s", &state);
    g_variant_lookup(properties, "Timestamp", "t", &microseconds);
    if (!*name || !g_str_has_prefix(class, "user") || g_str_equal(state, "closing"))
        return NULL;
    return os_user_new(name, (double)microseconds / G_USEC_PER_SEC);
}

/* A session may end between the list and the question: then there is nothing to add. */
static gboolean add_session(const OsLogin *login, const char *path, GPtrArray *users,
                            GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(GVariant) properties = NULL;
    g_autoptr(GVariant) reply =
        os_login_call(login, path, "org.freedesktop.DBus.Properties", "GetAll",
                      g_variant_new("(s)", OS_LOGIN ".Session"), "(a{sv})", &local);
    OsUser *user;

    if (!reply) {
        if (g_dbus_error_is_remote_error(local))
            return TRUE;
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    properties = g_variant_get_child_value(reply, 0);
    user = user_of_session(properties);
    if (user)
        g_ptr_array_add(users, user);
    return TRUE;
}

static gboolean add_sessions(const OsLogin *login, GPtrArray *users, GError **error)
{
    g_autoptr(GVariantIter) iter = NULL;
    g_autoptr(GVariant) reply = os_login_call(login, OS_LOGIN_PATH, OS_LOGIN_MANAGER,
                                              "ListSessions", NULL, "(a(susso))", error);
    const char *path;

    if (!reply)
        return FALSE;
    g_variant_get(reply, "(a(susso))", &iter);
    for (int i = 0; i < MOST_SESSIONS; i++) {
        if (!g_variant_iter_next(iter, "(&su&s&s&o)", NULL, NULL, NULL, NULL, &path))
            break;
        if (!add_session(login, path, users, error))
            return FALSE;
    }
    return TRUE;
}

/* logind lists its sessions in the order of a hash table. */
static int by_login_time(gconstpointer a, gconstpointer b)
{
    const OsUser *left = *(OsUser *const *)a, *right = *(OsUser *const *)b;
    return (left->login_time > right->login_time) - (left->login_time < right->login_time);
}

GPtrArray *os_users_from_login_service(GError **error)
{
    g_autoptr(GPtrArray) users = g_ptr_array_new_with_free_func((GDestroyNotify)os_user_free);
    g_autoptr(GError) local = NULL;
    g_autoptr(OsLogin) login = os_login_open(TIMEOUT_S, &local);

    if ((!login || !add_sessions(login, users, &local)) && !os_login_is_absent(local)) {
        g_dbus_error_strip_remote_error(local);
        g_propagate_prefixed_error(error, g_steal_pointer(&local),
                                   "failed to ask the login service: ");
        return NULL;
    }
    g_ptr_array_sort(users, by_login_time);
    return g_steal_pointer(&users);
}
