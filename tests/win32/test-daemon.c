/* SPDX-License-Identifier: Apache-2.0 */
#include "os-daemon.h"
#include "os-handle.h"
#include "os-log.h"
#include "os-private.h"
#include "os-service.h"
#include "os-utf16.h"

#include <aclapi.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sddl.h>
#include <stdlib.h>
#include <string.h>

/* The service that this program installs is this program, told so by its first argument. */
#define SERVICE  L"virtagent-test"
#define NAME     "virtagent-test"
#define PATIENCE 20000 /* milliseconds */

static char *temporary(void)
{
    char *dir = g_dir_make_tmp("virtagent-XXXXXX", NULL);
    g_assert_nonnull(dir);
    return dir;
}

static void test_defaults(void)
{
    const OsDefaults *defaults = os_daemon_defaults();

    g_assert_true(defaults == os_daemon_defaults());
    g_assert_cmpstr(defaults->method, ==, "virtio-serial");
    g_assert_true(g_str_has_suffix(defaults->state_dir, "\\virtagent"));
    g_assert_true(g_str_has_prefix(defaults->config_files[0], defaults->state_dir));
    g_assert_true(g_str_has_suffix(defaults->config_files[1], "\\Qemu-ga\\qemu-ga.conf"));
    g_assert_null(defaults->config_files[2]);
    g_assert_true(g_str_has_prefix(defaults->fsfreeze_hooks_dir, defaults->state_dir));
    g_assert_null(defaults->pid_file);
}

static void test_private_list(void)
{
    g_auto(OsDescriptor) descriptor = os_private_descriptor(NULL);
    wchar_t *wide = NULL;

    g_assert_true(ConvertSecurityDescriptorToStringSecurityDescriptorW(
        descriptor, SDDL_REVISION_1, DACL_SECURITY_INFORMATION, &wide, NULL));
    g_autofree char *text = os_utf8(wide);
    LocalFree(wide);
    g_assert_true(g_str_has_prefix(text, "D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;S-1-5-"));
    g_assert_cmpint(text[strlen(text) - 1], ==, ')');
    g_assert_null(strstr(text, ";;;WD)"));
    g_assert_null(strstr(text, ";;;BU)"));
}

static void test_state_directory(void)
{
    g_autofree char *dir = temporary();
    g_autofree char *middle = g_build_filename(dir, "a", NULL);
    g_autofree char *state = g_build_filename(middle, "b", NULL);
    g_autoptr(GError) error = NULL;

    g_assert_true(os_private_make_directory(state, &error));
    g_assert_no_error(error);
    g_assert_true(os_private_make_directory(state, &error));
    g_assert_true(os_private_check_owner(state, &error));
    g_assert_no_error(error);
    g_assert_true(os_private_secure_directory(state, &error));
    g_assert_no_error(error);
    g_rmdir(state);
    g_rmdir(middle);
    g_rmdir(dir);
}

static void test_no_directory(void)
{
    g_autofree char *dir = temporary();
    g_autofree char *file = g_build_filename(dir, "file", NULL);
    g_autofree char *below = g_build_filename(file, "b", NULL);
    g_autoptr(GError) error = NULL;

    g_assert_true(g_file_set_contents(file, "", 0, NULL));
    g_assert_false(os_private_make_directory(below, &error));
    g_assert_nonnull(error);
    g_clear_error(&error);
    g_assert_false(os_private_check_owner(file, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
    g_assert_true(g_str_has_suffix(error->message, " is no directory"));
    g_clear_error(&error);
    g_unlink(file);
    g_assert_false(os_private_check_owner(file, &error));
    g_assert_true(g_str_has_prefix(error->message, "failed to look at '"));
    g_rmdir(dir);
}

/* FALSE if this system keeps no owners or access lists (wine makes Unix modes of them). */
static gboolean set_security(const char *path, const wchar_t *sddl, SECURITY_INFORMATION which)
{
    g_autofree wchar_t *wide = os_utf16(path, NULL);
    g_auto(OsDescriptor) descriptor = NULL;

    g_assert_true(ConvertStringSecurityDescriptorToSecurityDescriptorW(sddl, SDDL_REVISION_1,
                                                                       &descriptor, NULL));
    return SetFileSecurityW(wide, which, descriptor);
}

static char *get_security(const char *path, SECURITY_INFORMATION which)
{
    g_autofree wchar_t *wide = os_utf16(path, NULL);
    g_auto(OsDescriptor) descriptor = NULL;
    wchar_t *text = NULL;

    g_assert_cmpint(
        GetNamedSecurityInfoW(wide, SE_FILE_OBJECT, which, NULL, NULL, NULL, NULL, &descriptor), ==,
        ERROR_SUCCESS);
    g_assert_true(ConvertSecurityDescriptorToStringSecurityDescriptorW(descriptor, SDDL_REVISION_1,
                                                                       which, &text, NULL));
    char *result = os_utf8(text);
    LocalFree(text);
    return result;
}

static void test_open_directory(void)
{
    g_autofree char *dir = temporary();
    g_autoptr(GError) error = NULL;

    g_assert_true(
        set_security(dir, L"D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;WD)", DACL_SECURITY_INFORMATION));
    g_autofree char *before = get_security(dir, DACL_SECURITY_INFORMATION);
    g_assert_true(os_private_secure_directory(dir, &error));
    g_assert_no_error(error);
    g_autofree char *after = get_security(dir, DACL_SECURITY_INFORMATION);
    if (strstr(before, ";;;WD)"))
        g_assert_null(strstr(after, ";FA;;;WD)"));
    else
        g_test_skip("this system keeps no such access list");
    g_rmdir(dir);
}

static void test_foreign_directory(void)
{
    g_autofree char *dir = temporary();
    g_autoptr(GError) error = NULL;
    g_autofree char *owner = NULL;

    set_security(dir, L"O:BU", OWNER_SECURITY_INFORMATION);
    owner = get_security(dir, OWNER_SECURITY_INFORMATION);
    if (strcmp(owner, "O:BU") == 0) {
        g_assert_false(os_private_secure_directory(dir, &error));
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
    } else {
        g_test_skip("this system gives nothing away to others");
    }
    g_rmdir(dir);
}

static void test_log_file(void)
{
    g_autofree char *dir = temporary();
    g_autofree char *path = g_build_filename(dir, "log", NULL);
    g_autofree char *moved = g_build_filename(dir, "old", NULL);
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(OsLogFile) one = os_log_file_open(path, &error);

    g_assert_no_error(error);
    OsLogFile *two = os_log_file_open(path, NULL);
    os_log_file_write(one, "a\n", 2);
    os_log_file_write(two, "b\n", 2);
    os_log_file_write(one, "c\n", 2);
    os_log_file_free(two);
    g_assert_cmpint(g_rename(path, moved), ==, 0);
    os_log_file_write(one, "d\n", 2);
    g_assert_true(g_file_get_contents(moved, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, "a\nb\nc\nd\n");
    g_clear_pointer(&one, os_log_file_free);
    g_unlink(moved);
    g_rmdir(dir);
}

static void test_log_file_missing(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(os_log_file_open("C:\\no such directory\\log", &error));
    g_assert_true(
        g_str_has_prefix(error->message, "failed to open log file 'C:\\no such directory\\log': "));
}

static void test_event_log(void)
{
    os_log_write(G_LOG_LEVEL_CRITICAL, "critical \xc3\xa4");
    os_log_write(G_LOG_LEVEL_INFO, "information");
    os_log_write(G_LOG_LEVEL_DEBUG, "debug");
    g_assert_false(os_log_owns_stderr());
}

static void test_by_hand(void)
{
    g_autoptr(OsDaemon) daemon = os_daemon_new();
    g_autoptr(GError) error = NULL;

    g_assert_false(os_daemon_fork(daemon, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED);
    g_assert_true(g_str_has_prefix(error->message, "not started by the service manager"));
}

static void count_stop(const char *why, gpointer data)
{
    GString *seen = data;
    g_string_append(seen, why);
}

static void ignore_reopen(gpointer data)
{
}

/* A console of our own: the event goes to everybody who has it. */
static void test_console(void)
{
    g_autoptr(OsDaemon) daemon = os_daemon_new();
    g_autoptr(GString) seen = g_string_new(NULL);

    /* First: a new console forgets the handlers (MSDN, "Console Control Handlers"). */
    FreeConsole();
    gboolean made = AllocConsole();
    os_daemon_watch(daemon, count_stop, ignore_reopen, seen);
    if (!made || !GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, 0)) {
        g_test_skip("this system gives us no console");
        return;
    }
    gint64 deadline = g_get_monotonic_time() + PATIENCE * 1000;
    while (!seen->len && g_get_monotonic_time() < deadline)
        if (!g_main_context_iteration(NULL, FALSE))
            Sleep(1); /* the event comes on a thread of the system's */
    g_assert_cmpstr(seen->str, ==, "Ctrl-Break");
}

static SC_HANDLE open_service(DWORD access)
{
    SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT);
    SC_HANDLE service = OpenServiceW(manager, SERVICE, access);
    CloseServiceHandle(manager);
    return service;
}

static SERVICE_STATUS wait_for(SC_HANDLE service, DWORD state)
{
    SERVICE_STATUS status = {0};
    for (guint waited = 0; waited < PATIENCE; waited += 20) {
        g_assert_true(QueryServiceStatus(service, &status));
        if (status.dwCurrentState == state)
            return status;
        Sleep(20); /* polling, as the service manager wants it */
    }
    g_error("the service is in state %lu, not %lu", status.dwCurrentState, state);
}

static void install(const char *role, const char *path)
{
    const char *const arguments[] = {"--service-role", role, path, "a b\"c\\", NULL};
    g_autoptr(GError) error = NULL;

    gboolean done = os_service_do("install", NAME, arguments, &error);
    g_assert_no_error(error);
    g_assert_true(done);
}

static void uninstall(void)
{
    g_autoptr(GError) error = NULL;
    gboolean done = os_service_do("uninstall", NAME, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(done);
}

static gboolean has_key(const wchar_t *name)
{
    HKEY key;
    if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, name, 0, KEY_QUERY_VALUE, &key) != ERROR_SUCCESS)
        return FALSE;
    RegCloseKey(key);
    return TRUE;
}

#define SOURCE L"SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\virtagent"

static void test_install_twice(void)
{
    BYTE space[8192];
    QUERY_SERVICE_CONFIGW *found = (QUERY_SERVICE_CONFIGW *)(void *)space;
    DWORD size;

    install("runs", "one");
    install("runs", "two words");
    SC_HANDLE service = open_service(SERVICE_QUERY_CONFIG);
    g_assert_nonnull(service);
    g_assert_true(QueryServiceConfigW(service, found, sizeof space, &size));
    CloseServiceHandle(service);
    g_autofree char *line = os_utf8(found->lpBinaryPathName);
    g_assert_nonnull(strstr(line, " --service-role runs \"two words\" \"a b\\\"c\\\\\""));
    g_assert_cmpint(found->dwStartType, ==, SERVICE_AUTO_START);
    g_assert_cmpint(found->dwServiceType, ==, SERVICE_WIN32_OWN_PROCESS);
    g_assert_true(has_key(SOURCE));
    uninstall();
    g_assert_null(open_service(SERVICE_QUERY_STATUS));
    g_assert_false(has_key(SOURCE));
    uninstall();
}

static void test_service_runs(void)
{
    g_autofree char *dir = temporary();
    g_autofree char *path = g_build_filename(dir, "says", NULL);
    g_autofree char *text = NULL;
    SERVICE_STATUS status;

    install("runs", path);
    SC_HANDLE service = open_service(SERVICE_ALL_ACCESS);
    g_assert_true(StartServiceW(service, 0, NULL));
    status = wait_for(service, SERVICE_RUNNING);
    g_assert_cmpint(status.dwControlsAccepted & SERVICE_ACCEPT_STOP, !=, 0);
    g_assert_true(ControlService(service, SERVICE_CONTROL_PARAMCHANGE, &status));
    g_assert_true(ControlService(service, SERVICE_CONTROL_STOP, &status));
    status = wait_for(service, SERVICE_STOPPED);
    g_assert_cmpint(status.dwWin32ExitCode, ==, 0);
    CloseServiceHandle(service);
    uninstall();
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, "ready\nreopen\nservice stop\n");
    g_unlink(path);
    g_rmdir(dir);
}

static void check_failure(const char *role)
{
    install(role, "none");
    SC_HANDLE service = open_service(SERVICE_ALL_ACCESS);
    StartServiceW(service, 0, NULL);
    SERVICE_STATUS status = wait_for(service, SERVICE_STOPPED);
    g_assert_cmpint(status.dwWin32ExitCode, ==, ERROR_SERVICE_SPECIFIC_ERROR);
    g_assert_cmpint(status.dwServiceSpecificExitCode, ==, EXIT_FAILURE);
    CloseServiceHandle(service);
    uninstall();
}

static void test_service_fails(void)
{
    check_failure("fails");
    check_failure("breaks");
}

static void test_uninstall_stops(void)
{
    g_autofree char *dir = temporary();
    g_autofree char *path = g_build_filename(dir, "says", NULL);
    g_autofree char *text = NULL;

    install("runs", path);
    SC_HANDLE service = open_service(SERVICE_ALL_ACCESS);
    g_assert_true(StartServiceW(service, 0, NULL));
    wait_for(service, SERVICE_RUNNING);
    CloseServiceHandle(service);
    uninstall();
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_true(g_str_has_suffix(text, "service stop\n"));
    g_unlink(path);
    g_rmdir(dir);
}

static void test_bad_names(void)
{
    const char *const arguments[] = {NULL};
    g_autoptr(GError) error = NULL;

    g_assert_false(os_service_do("remove", NAME, arguments, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    g_clear_error(&error);
    g_assert_false(os_service_do("install", "\xff", arguments, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
}

/* The service itself. */
typedef struct {
    OsLogFile *file;
    GMainLoop *loop;
} Role;

static void say(Role *role, const char *what)
{
    g_autofree char *line = g_strconcat(what, "\n", NULL);
    os_log_file_write(role->file, line, strlen(line));
}

static void on_stop(const char *why, gpointer data)
{
    say(data, why);
    g_main_loop_quit(((Role *)data)->loop);
}

static void on_reopen(gpointer data)
{
    say(data, "reopen");
}

static int serve(OsDaemon *daemon, const char *path)
{
    g_autoptr(OsLogFile) file = os_log_file_open(path, NULL);
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    Role role = {file, loop};

    os_daemon_watch(daemon, on_stop, on_reopen, &role);
    say(&role, "ready");
    os_daemon_ready(daemon);
    g_main_loop_run(loop);
    return EXIT_SUCCESS;
}

/* "fails" before it is ready, "breaks" once it is. */
static int play(const char *role, const char *path)
{
    g_autoptr(OsDaemon) daemon = os_daemon_new();

    if (!os_daemon_fork(daemon, NULL))
        return EXIT_FAILURE;
    if (strcmp(role, "breaks") == 0)
        os_daemon_ready(daemon);
    return strcmp(role, "runs") == 0 ? serve(daemon, path) : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    if (argc > 3 && strcmp(argv[1], "--service-role") == 0)
        return play(argv[2], argv[3]);
    g_test_init(&argc, &argv, NULL);
    g_log_set_always_fatal(G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL); /* warnings are expected */
    g_test_add_func("/daemon/defaults-are-below-program-data", test_defaults);
    g_test_add_func("/daemon/private-is-for-ours-only", test_private_list);
    g_test_add_func("/daemon/state-directory-is-made-with-parents", test_state_directory);
    g_test_add_func("/daemon/what-is-no-directory-is-refused", test_no_directory);
    g_test_add_func("/daemon/an-open-directory-is-closed-to-others", test_open_directory);
    g_test_add_func("/daemon/a-foreign-directory-is-refused", test_foreign_directory);
    g_test_add_func("/daemon/log-file-takes-whole-lines-of-several", test_log_file);
    g_test_add_func("/daemon/log-file-error-names-it", test_log_file_missing);
    g_test_add_func("/daemon/event-log-takes-any-level", test_event_log);
    g_test_add_func("/daemon/started-by-hand-is-an-error", test_by_hand);
    g_test_add_func("/daemon/ctrl-break-is-a-request-to-stop", test_console);
    g_test_add_func("/service/install-twice-is-once-and-uninstall-leaves-nothing",
                    test_install_twice);
    g_test_add_func("/service/runs-reopens-and-stops", test_service_runs);
    g_test_add_func("/service/a-failure-is-told", test_service_fails);
    g_test_add_func("/service/uninstall-stops-it-first", test_uninstall_stops);
    g_test_add_func("/service/names-that-cannot-be", test_bad_names);
    return g_test_run();
}
