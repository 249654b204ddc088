/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-login-service.h"
#include "os-root.h"
#include "os-users.h"

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <utmpx.h>

typedef struct {
    char *root, *var, *run, *utmp;
} Place;

/* A root with /var/run, and no bus unless the test starts one. */
static void place_make(Place *place, gconstpointer data)
{
    place->root = g_dir_make_tmp("users-XXXXXX", NULL);
    g_assert_nonnull(place->root);
    place->var = g_build_filename(place->root, "var", NULL);
    place->run = g_build_filename(place->var, "run", NULL);
    place->utmp = g_build_filename(place->run, "utmp", NULL);
    g_assert_cmpint(g_mkdir_with_parents(place->run, 0700), ==, 0);
    os_root_set(place->root);
    g_setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
}

static void place_drop(Place *place, gconstpointer data)
{
    os_root_set(NULL);
    g_remove(place->utmp);
    g_rmdir(place->run);
    g_rmdir(place->var);
    g_rmdir(place->root);
    g_free(place->utmp);
    g_free(place->run);
    g_free(place->var);
    g_free(place->root);
}

static struct utmpx record(short type, const char *user, gint32 seconds, gint32 microseconds)
{
    struct utmpx made = {.ut_type = type};
    memcpy(made.ut_user, user, MIN(strlen(user), sizeof made.ut_user));
    made.ut_tv.tv_sec = seconds;
    made.ut_tv.tv_usec = microseconds;
    return made;
}

static void write_utmp(const Place *place, const struct utmpx *records, gsize bytes)
{
    g_assert_true(g_file_set_contents(place->utmp, (const char *)records, (gssize)bytes, NULL));
}

static GPtrArray *users(void)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *list = os_users_list(&error);
    g_assert_no_error(error);
    g_assert_nonnull(list);
    return list;
}

static void assert_user(const GPtrArray *list, guint i, const char *name, double login_time)
{
    const OsUser *user = g_ptr_array_index(list, i);
    g_assert_cmpstr(user->name, ==, name);
    g_assert_null(user->domain);
    g_assert_cmpfloat_with_epsilon(user->login_time, login_time, 1e-6);
}

static void test_sessions_in_order(Place *place, gconstpointer data)
{
    const struct utmpx records[] = {
        record(BOOT_TIME, "reboot", 5, 0),
        record(LOGIN_PROCESS, "LOGIN", 6, 0),
        record(USER_PROCESS, "bob", 1700000000, 250000),
        record(DEAD_PROCESS, "eve", 7, 0),
        record(USER_PROCESS, "alice", 8, 1),
        record(USER_PROCESS, "bob", 9, 0),
        record(USER_PROCESS, "", 10, 0),
    };
    g_autoptr(GPtrArray) list = NULL;

    write_utmp(place, records, sizeof records);
    list = users();
    g_assert_cmpuint(list->len, ==, 3);
    assert_user(list, 0, "bob", 1700000000.25);
    assert_user(list, 1, "alice", 8.000001);
    assert_user(list, 2, "bob", 9);
}

static void test_hostile_records(Place *place, gconstpointer data)
{
    const char *longest = "a23456789b23456789c23456789d2345";
    const struct utmpx records[] = {
        record(USER_PROCESS, longest, 1, -1),
        record(USER_PROCESS, "caf\xe9", 2, 1000000),
        record(USER_PROCESS, "cut", 3, 0),
    };
    g_autoptr(GPtrArray) list = NULL;

    write_utmp(place, records, sizeof records - 1);
    list = users();
    g_assert_cmpuint(list->len, ==, 2);
    assert_user(list, 0, longest, 1);
    assert_user(list, 1, "caf\357\277\275", 2);
}

static void test_after_2038(Place *place, gconstpointer data)
{
    const struct utmpx records[] = {record(USER_PROCESS, "bob", (gint32)0x90000000u, 0)};
    g_autoptr(GPtrArray) list = NULL;

    if (sizeof records->ut_tv.tv_sec != sizeof(guint32)) {
        g_test_skip("utmp has 64-bit times on this machine");
        return;
    }
    write_utmp(place, records, sizeof records);
    list = users();
    assert_user(list, 0, "bob", 0x90000000u);
}

static void test_nobody(Place *place, gconstpointer data)
{
    const struct utmpx boot = record(BOOT_TIME, "reboot", 5, 0);
    g_autoptr(GPtrArray) without_file = users(), without_login = NULL;

    write_utmp(place, &boot, sizeof boot);
    without_login = users();
    g_assert_cmpuint(without_file->len, ==, 0);
    g_assert_cmpuint(without_login->len, ==, 0);
}

static void test_fifo_does_not_hang(Place *place, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(mkfifo(place->utmp, 0600), ==, 0);
    g_assert_null(os_users_list(&error));
    g_assert_nonnull(strstr(error->message, "/var/run/utmp': "));
}

static const FakeSession sessions[] = {
    {"late", "user", "active", 30500000},
    {"gdm", "greeter", "active", 1000000},
    {"early", "user", "online", 20000000},
    {"left", "user", "closing", 10000000},
    {NULL, NULL, NULL, 0},
    {"root", "user-early", "active", 25000000},
    {"bob", "manager", "active", 1000000},
};

static void test_login_service(Place *place, gconstpointer data)
{
    FakeLogin *login = fake_login_start(sessions, G_N_ELEMENTS(sessions));
    g_autoptr(GPtrArray) list = NULL, again = NULL;

    if (!login) {
        g_test_skip("this machine has no dbus-daemon");
        return;
    }
    list = users();
    write_utmp(place, NULL, 0);
    again = users();
    fake_login_stop(login);
    g_assert_cmpuint(list->len, ==, 3);
    assert_user(list, 0, "early", 20);
    assert_user(list, 1, "root", 25);
    assert_user(list, 2, "late", 30.5);
    g_assert_cmpuint(again->len, ==, 3);
}

static void test_utmp_beats_login_service(Place *place, gconstpointer data)
{
    const struct utmpx boot = record(BOOT_TIME, "reboot", 5, 0);
    FakeLogin *login = fake_login_start(sessions, G_N_ELEMENTS(sessions));
    g_autoptr(GPtrArray) list = NULL;

    if (!login) {
        g_test_skip("this machine has no dbus-daemon");
        return;
    }
    write_utmp(place, &boot, sizeof boot);
    list = users();
    fake_login_stop(login);
    g_assert_cmpuint(list->len, ==, 0);
}

static void test_bus_without_login_service(Place *place, gconstpointer data)
{
    FakeLogin *login = fake_login_start(NULL, 0);
    g_autoptr(GPtrArray) list = NULL;

    if (!login) {
        g_test_skip("this machine has no dbus-daemon");
        return;
    }
    list = users();
    fake_login_stop(login);
    g_assert_cmpuint(list->len, ==, 0);
}

/* A socket that takes connections and never says a word. */
static void test_silent_bus(Place *place, gconstpointer data)
{
    g_autoptr(GSocketAddress) address = g_unix_socket_address_new(place->utmp);
    g_autoptr(GSocket) silent =
        g_socket_new(G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
    g_autofree char *bus = g_strdup_printf("unix:path=%s", place->utmp);
    g_autofree char *nowhere = g_build_filename(place->root, "nowhere", NULL);
    g_autoptr(GError) error = NULL;

    g_assert_true(g_socket_bind(silent, address, TRUE, NULL));
    g_assert_true(g_socket_listen(silent, NULL));
    g_setenv("DBUS_SYSTEM_BUS_ADDRESS", bus, TRUE);
    os_root_set(nowhere);
    g_assert_null(os_users_list(&error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
    g_assert_true(g_str_has_prefix(error->message, "failed to ask the login service: "));
}

#define ADD(name, function)                                                                        \
    g_test_add("/users/" name, Place, NULL, place_make, function, place_drop)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("utmp/sessions-of-users-in-their-order", test_sessions_in_order);
    ADD("utmp/hostile-records-do-no-harm", test_hostile_records);
    ADD("utmp/log-ins-after-2038", test_after_2038);
    ADD("utmp/a-fifo-does-not-hang-it", test_fifo_does_not_hang);
    ADD("nobody-is-an-empty-list", test_nobody);
    ADD("login-service/asked-where-no-utmp-is-kept", test_login_service);
    ADD("login-service/not-asked-where-utmp-is-kept", test_utmp_beats_login_service);
    ADD("login-service/a-bus-without-it-is-an-empty-list", test_bus_without_login_service);
    ADD("login-service/a-silent-bus-costs-two-seconds", test_silent_bus);
    return g_test_run();
}
