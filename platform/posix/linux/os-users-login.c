/* SPDX-License-Identifier: Apache-2.0 */
#include "os-users-login.h"

#include <errno.h>
#include <gio/gio.h>

/* systemd-logind (org.freedesktop.login1(5)) or elogind, asked over the system bus.  The connection
 * is our own and closed at once: the process-wide one of g_bus_get_sync() would be kept, and fed
 * with signals, for as long as the agent lives. */

#define LOGIND        "org.freedesktop.login1"
#define LOGIND_PATH   "/org/freedesktop/login1"
#define TIMEOUT_S     2    /* for all questions together, and for each step of signing in */
#define MOST_SESSIONS 8192 /* what logind itself allows by default (SessionsMax) */

typedef struct {
    GDBusConnection *bus;
    gint64 deadline; /* monotonic, microseconds */
} Login;

static void login_clear(Login *login)
{
    if (login->bus) {
        g_dbus_connection_close_sync(login->bus, NULL, NULL);
        g_object_unref(login->bus);
    }
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Login, login_clear)

/* GDBus waits without end for a bus that does not sign us in, but it honours the socket's own limit
 * on waiting. */
static GDBusConnection *connect_to_bus(GError **error)
{
    g_autofree char *address = g_dbus_address_get_for_bus_sync(G_BUS_TYPE_SYSTEM, NULL, error);
    g_autoptr(GIOStream) stream =
        address ? g_dbus_address_get_stream_sync(address, NULL, NULL, error) : NULL;

    if (!stream)
        return NULL;
    if (G_IS_SOCKET_CONNECTION(stream)) {
        GSocket *socket = g_socket_connection_get_socket(G_SOCKET_CONNECTION(stream));
        g_socket_set_timeout(socket, TIMEOUT_S);
    }
    return g_dbus_connection_new_sync(stream, NULL,
                                      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                          G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                      NULL, NULL, error);
}

static gboolean is_absent(const GError *error)
{
    return g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) ||
           g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED) ||
           g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN) ||
           g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER);
}

/* Never starts the service: a system that does not run it has no sessions. */
static GVariant *ask(const Login *login, const char *path, const char *interface,
                     const char *method, const char *argument, const char *type, GError **error)
{
    gint64 left = (login->deadline - g_get_monotonic_time()) / 1000;
    if (left <= 0) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, g_strerror(ETIMEDOUT));
        return NULL;
    }
    return g_dbus_connection_call_sync(login->bus, LOGIND, path, interface, method,
                                       argument ? g_variant_new("(s)", argument) : NULL,
                                       G_VARIANT_TYPE(type), G_DBUS_CALL_FLAGS_NO_AUTO_START,
                                       (int)left, NULL, error);
}

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
static gboolean add_session(const Login *login, const char *path, GPtrArray *users, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(GVariant) properties = NULL;
    g_autoptr(GVariant) reply = ask(login, path, "org.freedesktop.DBus.Properties", "GetAll",
                                    LOGIND ".Session", "(a{sv})", &local);
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

static gboolean add_sessions(const Login *login, GPtrArray *users, GError **error)
{
    g_autoptr(GVariantIter) iter = NULL;
    g_autoptr(GVariant) reply =
        ask(login, LOGIND_PATH, LOGIND ".Manager", "ListSessions", NULL, "(a(susso))", error);
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
    g_auto(Login) login = {
        .bus = connect_to_bus(&local),
        .deadline = g_get_monotonic_time() + TIMEOUT_S * G_USEC_PER_SEC,
    };

    if ((!login.bus || !add_sessions(&login, users, &local)) && !is_absent(local)) {
        g_dbus_error_strip_remote_error(local);
        g_propagate_prefixed_error(error, g_steal_pointer(&local),
                                   "failed to ask the login service: ");
        return NULL;
    }
    g_ptr_array_sort(users, by_login_time);
    return g_steal_pointer(&users);
}
