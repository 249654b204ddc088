/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-login-service.h"

#include <gio/gio.h>

struct FakeLogin {
    GTestDBus *bus;
    GThread *thread;
    GMainContext *context;
    GMainLoop *loop;
    GDBusConnection *connection;
    const FakeSession *sessions;
    guint n;
    FakeManager *manager;
    GMutex lock;
    GCond ready;
    gboolean is_ready;
};

#define QUESTION(name) "<method name='" name "'><arg type='s' direction='out'/></method>"
#define ORDER(name)    "<method name='" name "'><arg type='b' direction='in'/></method>"
#define POWER(name)    QUESTION("Can" name) ORDER(name)

#define ORDERS                                                                                     \
    POWER("PowerOff") POWER("Reboot") POWER("Suspend") POWER("Hibernate") POWER("HybridSleep")
#define MANAGER                                                                                    \
    "<interface name='org.freedesktop.login1.Manager'>"                                            \
    "<method name='ListSessions'><arg type='a(susso)' direction='out'/></method>" ORDERS           \
    "</interface>"
#define PROPERTY(name, type) "<property name='" name "' type='" type "' access='read'/>"
#define SESSION                                                                                    \
    "<interface name='org.freedesktop.login1.Session'>" PROPERTY("Name", "s")                      \
        PROPERTY("Class", "s") PROPERTY("State", "s") PROPERTY("Timestamp", "t") "</interface>"

static const char interface_xml[] = "<node>" MANAGER SESSION "</node>";

static char *path_of(guint i)
{
    return g_strdup_printf("/org/freedesktop/login1/session/_3%u", i);
}

static void list_sessions(const FakeLogin *login, GDBusMethodInvocation *invocation)
{
    GVariantBuilder list;

    g_variant_builder_init(&list, G_VARIANT_TYPE("a(susso)"));
    for (guint i = 0; i < login->n; i++) {
        const char *name = login->sessions[i].name;
        g_autofree char *session = path_of(i);
        g_variant_builder_add(&list, "(susso)", "1", 1000u, name ? name : "gone", "", session);
    }
    g_dbus_method_invocation_return_value(invocation, g_variant_new("(a(susso))", &list));
}

static void take_order(FakeManager *manager, const char *method, GVariant *arguments,
                       GDBusMethodInvocation *invocation)
{
    g_autofree char *text = g_variant_print(arguments, FALSE);

    g_string_append_printf(manager->orders, "%s%s\n", method, text);
    if (manager->refusal)
        g_dbus_method_invocation_return_dbus_error(
            invocation, "org.freedesktop.login1.OperationInProgress", manager->refusal);
    else
        g_dbus_method_invocation_return_value(invocation, NULL);
}

static void call_manager(GDBusConnection *connection, const char *sender, const char *path,
                         const char *interface, const char *method, GVariant *arguments,
                         GDBusMethodInvocation *invocation, gpointer data)
{
    const FakeLogin *login = data;

    if (g_str_equal(method, "ListSessions"))
        list_sessions(login, invocation);
    else if (g_str_has_prefix(method, "Can"))
        g_dbus_method_invocation_return_value(invocation,
                                              g_variant_new("(s)", login->manager->answer));
    else
        take_order(login->manager, method, arguments, invocation);
}

static GVariant *get_property(GDBusConnection *connection, const char *sender, const char *path,
                              const char *interface, const char *name, GError **error,
                              gpointer data)
{
    const FakeSession *session = data;
    if (g_str_equal(name, "Timestamp")) {
        return g_variant_new_uint64(session->microseconds);
    }
    return g_variant_new_string(g_str_equal(name, "Name")    ? session->name
                                : g_str_equal(name, "Class") ? session->class
                                                             : session->state);
}

static void export(FakeLogin *login, GDBusNodeInfo *node)
{
    static const GDBusInterfaceVTable manager = {.method_call = call_manager};
    static const GDBusInterfaceVTable session = {.get_property = get_property};

    g_dbus_connection_register_object(login->connection, "/org/freedesktop/login1",
                                      node->interfaces[0], &manager, login, NULL, NULL);
    for (guint i = 0; i < login->n; i++) {
        g_autofree char *path = path_of(i);
        if (login->sessions[i].name) {
            g_dbus_connection_register_object(login->connection, path, node->interfaces[1],
                                              &session, (gpointer)&login->sessions[i], NULL, NULL);
        }
    }
}

static void own_name(FakeLogin *login)
{
    g_autoptr(GVariant) reply = g_dbus_connection_call_sync(
        login->connection, "org.freedesktop.DBus", "/", "org.freedesktop.DBus", "RequestName",
        g_variant_new("(su)", "org.freedesktop.login1", 0u), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
        NULL);
    g_assert_nonnull(reply);
}

static void tell_ready(FakeLogin *login)
{
    g_mutex_lock(&login->lock);
    login->is_ready = TRUE;
    g_cond_signal(&login->ready);
    g_mutex_unlock(&login->lock);
}

static gpointer serve(gpointer data)
{
    FakeLogin *login = data;
    g_autoptr(GDBusNodeInfo) node = g_dbus_node_info_new_for_xml(interface_xml, NULL);

    g_main_context_push_thread_default(login->context);
    login->connection =
        g_dbus_connection_new_for_address_sync(g_test_dbus_get_bus_address(login->bus),
                                               G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                   G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                               NULL, NULL, NULL);
    g_assert_nonnull(login->connection);
    if (login->n > 0 || login->manager) {
        export(login, node);
        own_name(login);
    }
    tell_ready(login);
    g_main_loop_run(login->loop);
    g_dbus_connection_close_sync(login->connection, NULL, NULL);
    g_main_context_pop_thread_default(login->context);
    return NULL;
}

static FakeLogin *start(const FakeSession *sessions, guint n, FakeManager *manager)
{
    g_autofree char *program = g_find_program_in_path("dbus-daemon");
    FakeLogin *login;

    if (!program) {
        return NULL;
    }
    login = g_new0(FakeLogin, 1);
    login->sessions = sessions;
    login->n = n;
    login->manager = manager;
    login->bus = g_test_dbus_new(G_TEST_DBUS_NONE);
    g_test_dbus_up(login->bus);
    g_setenv("DBUS_SYSTEM_BUS_ADDRESS", g_test_dbus_get_bus_address(login->bus), TRUE);
    login->context = g_main_context_new();
    login->loop = g_main_loop_new(login->context, FALSE);
    login->thread = g_thread_new("login", serve, login);
    g_mutex_lock(&login->lock);
    while (!login->is_ready) {
        g_cond_wait(&login->ready, &login->lock);
    }
    g_mutex_unlock(&login->lock);
    return login;
}

FakeLogin *fake_login_start(const FakeSession *sessions, guint n)
{
    return start(sessions, n, NULL);
}

FakeLogin *fake_login_start_manager(FakeManager *manager)
{
    return start(NULL, 0, manager);
}

static gboolean quit(gpointer loop)
{
    g_main_loop_quit(loop);
    return G_SOURCE_REMOVE;
}

/* The loop is left by a source of its own: g_main_loop_run() forgets a quit that came before it. */
void fake_login_stop(FakeLogin *login)
{
    g_autoptr(GSource) source = g_idle_source_new();

    g_source_set_callback(source, quit, login->loop, NULL);
    g_source_attach(source, login->context);
    g_thread_join(login->thread);
    g_object_unref(login->connection);
    g_test_dbus_stop(login->bus);
    g_object_unref(login->bus);
    g_main_loop_unref(login->loop);
    g_main_context_unref(login->context);
    g_free(login);
}
