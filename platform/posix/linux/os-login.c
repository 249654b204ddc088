/* SPDX-License-Identifier: Apache-2.0 */
#include "os-login.h"
#include "os-root.h"

#include <errno.h>

/* The connection is our own and closed at once: the process-wide one of g_bus_get_sync() would be
 * kept, and fed with signals, for as long as the agent lives. */
struct OsLogin {
    GDBusConnection *bus;
    gint64 deadline; /* monotonic, microseconds */
};

/* As the D-Bus specification says, "Well-known Message Bus Instances". */
static char *bus_address(void)
{
    const char *configured = g_getenv("DBUS_SYSTEM_BUS_ADDRESS");
    g_autofree char *path = os_root("/var/run/dbus/system_bus_socket");
    g_autofree char *escaped = g_dbus_address_escape_value(path);

    return configured ? g_strdup(configured) : g_strconcat("unix:path=", escaped, NULL);
}

/* GDBus waits without end for a bus that does not sign us in, but it honours the socket's own limit
 * on waiting. */
static GDBusConnection *connect_to_bus(guint seconds, GError **error)
{
    g_autofree char *address = bus_address();
    g_autoptr(GIOStream) stream = g_dbus_address_get_stream_sync(address, NULL, NULL, error);

    if (!stream)
        return NULL;
    if (G_IS_SOCKET_CONNECTION(stream)) {
        GSocket *socket = g_socket_connection_get_socket(G_SOCKET_CONNECTION(stream));
        g_socket_set_timeout(socket, seconds);
    }
    return g_dbus_connection_new_sync(stream, NULL,
                                      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                          G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                      NULL, NULL, error);
}

OsLogin *os_login_open(guint seconds, GError **error)
{
    GDBusConnection *bus = connect_to_bus(seconds, error);
    OsLogin *login;

    if (!bus)
        return NULL;
    login = g_new0(OsLogin, 1);
    login->bus = bus;
    login->deadline = g_get_monotonic_time() + (gint64)seconds * G_USEC_PER_SEC;
    return login;
}

void os_login_close(OsLogin *login)
{
    if (!login)
        return;
    g_dbus_connection_close_sync(login->bus, NULL, NULL);
    g_object_unref(login->bus);
    g_free(login);
}

gboolean os_login_is_absent(const GError *error)
{
    return g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) ||
           g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED) ||
           g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN) ||
           g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER);
}

GVariant *os_login_call(const OsLogin *login, const char *path, const char *interface,
                        const char *method, GVariant *arguments, const char *type, GError **error)
{
    g_autoptr(GVariant) owned = arguments ? g_variant_ref_sink(arguments) : NULL;
    gint64 left = (login->deadline - g_get_monotonic_time()) / 1000;

    if (left <= 0) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, g_strerror(ETIMEDOUT));
        return NULL;
    }
    return g_dbus_connection_call_sync(login->bus, OS_LOGIN, path, interface, method, owned,
                                       G_VARIANT_TYPE(type), G_DBUS_CALL_FLAGS_NO_AUTO_START,
                                       (int)left, NULL, error);
}
