/* SPDX-License-Identifier: Apache-2.0 */
#include "os-daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/*
 * What forks or must die runs in a process of its own: this program with the name of a role and a
 * path as its arguments.
 */

static int print_error(const GError *error)
{
    fprintf(stderr, "%s\n", error->message);
    return EXIT_FAILURE;
}

static int role_fails(const char *path)
{
    g_autoptr(OsDaemon) daemon = os_daemon_new();
    g_assert_true(os_daemon_fork(daemon, NULL));
    fprintf(stderr, "the reason\n");
    return 3;
}

static int role_ends_quietly(const char *path)
{
    g_autoptr(OsDaemon) daemon = os_daemon_new();
    g_assert_true(os_daemon_fork(daemon, NULL));
    return EXIT_SUCCESS;
}

static int role_is_killed(const char *path)
{
    g_autoptr(OsDaemon) daemon = os_daemon_new();
    g_assert_true(os_daemon_fork(daemon, NULL));
    raise(SIGKILL);
    return EXIT_SUCCESS;
}

static gboolean is_null_device(int fd)
{
    struct stat ours, null;
    return fstat(fd, &ours) == 0 && stat("/dev/null", &null) == 0 && ours.st_rdev == null.st_rdev &&
           S_ISCHR(ours.st_mode);
}

/* Reports through a FIFO, which its reader opens once the waiting parent has ended. */
static int role_becomes_ready(const char *path)
{
    g_autoptr(OsDaemon) daemon = os_daemon_new();
    mode_t mask = umask(027);
    g_assert_true(os_daemon_fork(daemon, NULL));
    os_daemon_ready(daemon);

    g_autofree char *directory = g_get_current_dir();
    FILE *report = fopen(path, "w");
    g_assert_nonnull(report);
    fprintf(report, "cwd=%s session=%d null=%d%d%d umask=%o\n", directory, getsid(0) == getpid(),
            is_null_device(0), is_null_device(1), is_null_device(2), umask(mask));
    fclose(report);
    return EXIT_SUCCESS;
}

static int role_takes_pid_file(const char *path)
{
    g_autoptr(OsDaemon) daemon = os_daemon_new();
    g_autoptr(GError) error = NULL;
    return os_daemon_pid_take(daemon, path, &error) ? EXIT_SUCCESS : print_error(error);
}

/* The lock as qemu-ga takes it; holds it until its standard input ends. */
static int role_locks_like_qemu_ga(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fd < 0 || fcntl(fd, F_SETLK, &whole) < 0)
        return EXIT_FAILURE;
    char byte = '+';
    if (write(STDOUT_FILENO, &byte, 1) != 1)
        return EXIT_FAILURE;
    while (read(STDIN_FILENO, &byte, 1) > 0)
        continue;
    return EXIT_SUCCESS;
}

static void note_stop(const char *why, gpointer data)
{
    g_string_append_printf(data, "stop %s\n", why);
}

static void note_reopen(gpointer data)
{
    g_string_append(data, "reopen\n");
}

static int role_gets_signals(const char *path)
{
    static const int signals[] = {SIGTERM, SIGHUP, SIGINT, SIGTERM, SIGPIPE};
    g_autoptr(OsDaemon) daemon = os_daemon_new();
    g_autoptr(GString) calls = g_string_new(NULL);
    os_daemon_watch(daemon, note_stop, note_reopen, calls);
    for (guint i = 0; i < G_N_ELEMENTS(signals); i++) {
        gsize before = calls->len;
        kill(getpid(), signals[i]);
        while (calls->len == before && signals[i] != SIGPIPE)
            g_main_context_iteration(NULL, TRUE);
    }
    fputs(calls->str, stdout);
    return EXIT_SUCCESS;
}

static int role_has_closed_descriptors(const char *path)
{
    for (int fd = 0; fd <= 2; fd++)
        close(fd);
    g_autoptr(OsDaemon) daemon = os_daemon_new();
    return daemon && is_null_device(0) && is_null_device(1) && is_null_device(2) ? 42
                                                                                 : EXIT_FAILURE;
}

static glong resident_pages(void)
{
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents("/proc/self/statm", &text, NULL, NULL));
    const char *second = strchr(text, ' ');
    g_assert_nonnull(second);
    return (glong)g_ascii_strtoll(second, NULL, 10);
}

static void touch_and_free(gsize size)
{
    volatile char *memory = g_malloc(size);
    for (gsize i = 0; i < size; i += 4096)
        memory[i] = 1;
    g_free((char *)memory);
}

/* Sizes that make glibc's own threshold grow; without the daemon's settings 28 MiB would stay. */
static int role_gives_memory_back(const char *path)
{
    g_autoptr(OsDaemon) daemon = os_daemon_new();
    glong before = resident_pages();
    touch_and_free(20 << 20);
    touch_and_free(28 << 20);
    touch_and_free(28 << 20);
    glong kept = (resident_pages() - before) * sysconf(_SC_PAGESIZE);
    return daemon && kept < 4 << 20 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static const struct {
    const char *name;
    int (*run)(const char *path);
} roles[] = {
    {"fails", role_fails},
    {"ends-quietly", role_ends_quietly},
    {"is-killed", role_is_killed},
    {"becomes-ready", role_becomes_ready},
    {"takes-pid-file", role_takes_pid_file},
    {"locks-like-qemu-ga", role_locks_like_qemu_ga},
    {"gets-signals", role_gets_signals},
    {"has-closed-descriptors", role_has_closed_descriptors},
    {"gives-memory-back", role_gives_memory_back},
};

static int play(const char *role, const char *path)
{
    for (guint i = 0; i < G_N_ELEMENTS(roles); i++)
        if (strcmp(roles[i].name, role) == 0)
            return roles[i].run(path);
    return EXIT_FAILURE;
}

static const char *self; /* this program, found by main() */

/* The exit status; what was written is freed by the caller. */
static int run(const char *role, const char *path, char **out, char **err)
{
    const char *argv[] = {self, role, path, NULL};
    int status = -1;
    g_autoptr(GError) error = NULL;
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, out, err, &status, &error);
    g_assert_no_error(error);
    g_assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void check_run(const char *role, const char *path, int expected, const char *text)
{
    g_autofree char *err = NULL;
    g_assert_cmpint(run(role, path, NULL, &err), ==, expected);
    g_assert_cmpstr(err, ==, text);
}

typedef struct {
    char *dir;
    char *path; /* of a file in it */
} Place;

static void set_up(Place *place, gconstpointer data)
{
    place->dir = g_dir_make_tmp("virtagent-XXXXXX", NULL);
    place->path = g_build_filename(place->dir, "agent.pid", NULL);
}

static void tear_down(Place *place, gconstpointer data)
{
    g_remove(place->path);
    g_assert_cmpint(g_rmdir(place->dir), ==, 0);
    g_free(place->path);
    g_free(place->dir);
}

static void a_failing_start_is_told_to_the_caller(Place *place, gconstpointer data)
{
    check_run("fails", "", EXIT_FAILURE, "the reason\n");
}

static void a_start_that_never_gets_ready_is_a_failure(Place *place, gconstpointer data)
{
    check_run("ends-quietly", "", EXIT_FAILURE, "");
}

static void a_killed_start_is_told_too(Place *place, gconstpointer data)
{
    check_run("is-killed", "", EXIT_FAILURE, "virtagent: killed by signal 9 during start-up\n");
}

static void a_ready_daemon_has_let_go_of_its_caller(Place *place, gconstpointer data)
{
    g_assert_cmpint(mkfifo(place->path, 0600), ==, 0);
    check_run("becomes-ready", place->path, EXIT_SUCCESS, "");

    char text[256] = "";
    int fd = open(place->path, O_RDONLY | O_CLOEXEC);
    gsize length = 0;
    for (ssize_t got; (got = read(fd, text + length, sizeof text - 1 - length)) > 0;)
        length += (gsize)got;
    close(fd);
    g_assert_cmpstr(text, ==, "cwd=/ session=1 null=111 umask=27\n");
}

static void check_contents(const char *path, const char *expected)
{
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, expected);
}

static void check_pid_file(const char *path)
{
    struct stat status;
    g_autofree char *expected = g_strdup_printf("%d\n", (int)getpid());
    check_contents(path, expected);
    g_assert_cmpint(stat(path, &status), ==, 0);
    g_assert_cmpint(status.st_mode & 07777, ==, 0600);
}

static void take(OsDaemon *daemon, const char *path)
{
    g_autoptr(GError) error = NULL;
    os_daemon_pid_take(daemon, path, &error);
    g_assert_no_error(error);
}

static void a_pid_file_holds_the_number_and_goes_away(Place *place, gconstpointer data)
{
    g_autoptr(OsDaemon) daemon = os_daemon_new();
    take(daemon, place->path);
    check_pid_file(place->path);
    os_daemon_pid_drop(daemon);
    g_assert_false(g_file_test(place->path, G_FILE_TEST_EXISTS));
    os_daemon_pid_drop(daemon);

    take(daemon, place->path);
    os_daemon_free(g_steal_pointer(&daemon));
    g_assert_false(g_file_test(place->path, G_FILE_TEST_EXISTS));
}

static void a_stale_pid_file_is_replaced(Place *place, gconstpointer data)
{
    g_autoptr(OsDaemon) daemon = os_daemon_new();
    g_assert_true(g_file_set_contents(place->path, "123456789 and more\n", -1, NULL));
    take(daemon, place->path);
    check_pid_file(place->path);
}

static void a_held_pid_file_is_refused_to_others_untouched(Place *place, gconstpointer data)
{
    g_autoptr(OsDaemon) daemon = os_daemon_new();
    take(daemon, place->path);
    g_autofree char *expected =
        g_strdup_printf("cannot lock pid file '%s': another process has it\n", place->path);
    check_run("takes-pid-file", place->path, EXIT_FAILURE, expected);
    check_pid_file(place->path);
    os_daemon_pid_drop(daemon);
    check_run("takes-pid-file", place->path, EXIT_SUCCESS, "");
}

/* A host may read any file with guest-file-open, this one too. */
static void reading_the_pid_file_does_not_unlock_it(Place *place, gconstpointer data)
{
    g_autoptr(OsDaemon) daemon = os_daemon_new();
    take(daemon, place->path);
    close(open(place->path, O_RDONLY | O_CLOEXEC));
    g_assert_cmpint(run("locks-like-qemu-ga", place->path, NULL, NULL), ==, EXIT_FAILURE);
}

static void a_running_qemu_ga_keeps_us_out(Place *place, gconstpointer data)
{
    const char *argv[] = {self, "locks-like-qemu-ga", place->path, NULL};
    g_autoptr(GSubprocess) other = g_subprocess_newv(
        argv, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL);
    char byte = 0;
    g_assert_cmpint(g_input_stream_read(g_subprocess_get_stdout_pipe(other), &byte, 1, NULL, NULL),
                    ==, 1);

    g_autoptr(OsDaemon) daemon = os_daemon_new();
    g_autoptr(GError) error = NULL;
    g_assert_false(os_daemon_pid_take(daemon, place->path, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_BUSY);
    check_contents(place->path, "");

    g_output_stream_close(g_subprocess_get_stdin_pipe(other), NULL, NULL);
    g_assert_true(g_subprocess_wait_check(other, NULL, NULL));
    take(daemon, place->path);
}

static void check_refused(const char *path, const char *reason)
{
    g_autoptr(OsDaemon) daemon = os_daemon_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *expected = g_strdup_printf("cannot open pid file '%s': %s", path, reason);
    g_assert_false(os_daemon_pid_take(daemon, path, &error));
    g_assert_nonnull(error);
    g_assert_cmpstr(error->message, ==, expected);
}

static void a_pid_file_is_a_regular_file_of_its_own_name(Place *place, gconstpointer data)
{
    g_autofree char *target = g_build_filename(place->dir, "target", NULL);
    g_assert_cmpint(symlink(target, place->path), ==, 0);
    check_refused(place->path, g_strerror(ELOOP));
    g_assert_false(g_file_test(target, G_FILE_TEST_EXISTS));
    g_remove(place->path);

    g_assert_cmpint(mkfifo(place->path, 0600), ==, 0);
    check_refused(place->path, "it is no regular file");
    check_refused(place->dir, g_strerror(EISDIR));
    check_refused("/no/such/pid", g_strerror(ENOENT));
}

static void a_pid_file_of_somebody_else_stays(Place *place, gconstpointer data)
{
    g_autoptr(OsDaemon) daemon = os_daemon_new();
    take(daemon, place->path);
    g_remove(place->path);
    g_assert_true(g_file_set_contents(place->path, "other\n", -1, NULL));
    os_daemon_pid_drop(daemon);
    check_contents(place->path, "other\n");
}

/* A service manager's end, bound to @name, which begins with '/' or '@'. */
static int bind_manager(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    gsize length = strlen(name);
    g_assert_cmpuint(length, <, sizeof address.sun_path);
    memcpy(address.sun_path, name, length);
    if (*name == '@')
        address.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    g_assert_cmpint(bind(fd, (struct sockaddr *)&address, size), ==, 0);
    return fd;
}

static void check_notified(const char *name)
{
    char text[64] = "";
    int manager = bind_manager(name);
    g_setenv("NOTIFY_SOCKET", name, TRUE);
    g_autoptr(OsDaemon) daemon = os_daemon_new();
    g_assert_null(g_getenv("NOTIFY_SOCKET"));
    g_assert_cmpint(recv(manager, text, sizeof text, 0), ==, -1);
    os_daemon_ready(daemon);
    os_daemon_ready(daemon);
    g_assert_cmpint(recv(manager, text, sizeof text - 1, 0), ==, strlen("READY=1"));
    g_assert_cmpstr(text, ==, "READY=1");
    g_assert_cmpint(recv(manager, text, sizeof text, 0), ==, -1);
    close(manager);
}

static void a_service_manager_is_told(Place *place, gconstpointer data)
{
    check_notified(place->path);
    g_autofree char *abstract = g_strdup_printf("@virtagent-test-%d", (int)getpid());
    check_notified(abstract);
}

static void a_manager_that_cannot_be_reached_is_no_matter(Place *place, gconstpointer data)
{
    g_autofree char *long_name = g_strnfill(300, '/');
    const char *const names[] = {"", "relative", "/no/such", long_name};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_setenv("NOTIFY_SOCKET", names[i], TRUE);
        g_autoptr(OsDaemon) daemon = os_daemon_new();
        os_daemon_ready(daemon);
    }
}

static void in_the_foreground_ready_changes_nothing(Place *place, gconstpointer data)
{
    g_autofree char *before = g_get_current_dir();
    gboolean null = is_null_device(STDOUT_FILENO);
    g_autoptr(OsDaemon) daemon = os_daemon_new();
    os_daemon_ready(daemon);
    g_autofree char *after = g_get_current_dir();
    g_assert_cmpstr(before, ==, after);
    g_assert_cmpint(is_null_device(STDOUT_FILENO), ==, null);
}

static void signals_become_calls_as_often_as_they_come(Place *place, gconstpointer data)
{
    g_autofree char *out = NULL;
    g_assert_cmpint(run("gets-signals", "", &out, NULL), ==, EXIT_SUCCESS);
    g_assert_cmpstr(out, ==, "stop SIGTERM\nreopen\nstop SIGINT\nstop SIGTERM\n");
}

static void closed_standard_descriptors_are_filled(Place *place, gconstpointer data)
{
    g_assert_cmpint(run("has-closed-descriptors", "", NULL, NULL), ==, 42);
}

static void inherited_descriptors_are_not_passed_on(Place *place, gconstpointer data)
{
    int fd = fcntl(STDOUT_FILENO, F_DUPFD, 50);
    g_assert_cmpint(fcntl(fd, F_GETFD) & FD_CLOEXEC, ==, 0);
    g_autoptr(OsDaemon) daemon = os_daemon_new();
    g_assert_nonnull(daemon);
    g_assert_cmpint(fcntl(fd, F_GETFD) & FD_CLOEXEC, !=, 0);
    g_assert_cmpint(fcntl(STDOUT_FILENO, F_GETFD) & FD_CLOEXEC, ==, 0);
    close(fd);
}

/* A sanitizer has an allocator of its own; clang says so in another way than gcc. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FOREIGN_ALLOCATOR
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || !defined(__GLIBC__)
#define FOREIGN_ALLOCATOR
#endif

static void large_memory_goes_back_to_the_system(Place *place, gconstpointer data)
{
#ifdef FOREIGN_ALLOCATOR
    g_test_skip("not glibc's allocator");
#else
    g_assert_cmpint(run("gives-memory-back", "", NULL, NULL), ==, EXIT_SUCCESS);
#endif
}

static void check_sockets(const char *pid, const char *count, gboolean expected)
{
    g_setenv("LISTEN_PID", pid, TRUE);
    g_setenv("LISTEN_FDS", count, TRUE);
    g_assert_cmpint(os_daemon_has_sockets(), ==, expected);
}

static void sockets_count_if_they_are_for_us(Place *place, gconstpointer data)
{
    g_autofree char *us = g_strdup_printf("%d", (int)getpid());
    check_sockets(us, "1", TRUE);
    check_sockets(us, "0", FALSE);
    check_sockets(us, "", FALSE);
    check_sockets("1", "1", FALSE);
    g_unsetenv("LISTEN_PID");
    g_assert_false(os_daemon_has_sockets());
    g_unsetenv("LISTEN_FDS");
}

static void add(const char *path, void (*test)(Place *, gconstpointer))
{
    g_test_add(path, Place, NULL, set_up, test, tear_down);
}

int main(int argc, char **argv)
{
    if (argc == 3 && argv[1][0] != '-')
        return play(argv[1], argv[2]);
    g_test_init(&argc, &argv, NULL);
    g_autofree char *path = g_file_read_link("/proc/self/exe", NULL);
    self = path ? path : argv[0];

    add("/daemon/a-failing-start-is-told-to-the-caller", a_failing_start_is_told_to_the_caller);
    add("/daemon/a-start-that-never-gets-ready-is-a-failure",
        a_start_that_never_gets_ready_is_a_failure);
    add("/daemon/a-killed-start-is-told-too", a_killed_start_is_told_too);
    add("/daemon/a-ready-daemon-has-let-go-of-its-caller", a_ready_daemon_has_let_go_of_its_caller);
    add("/daemon/a-pid-file-holds-the-number-and-goes-away",
        a_pid_file_holds_the_number_and_goes_away);
    add("/daemon/a-stale-pid-file-is-replaced", a_stale_pid_file_is_replaced);
    add("/daemon/a-held-pid-file-is-refused-to-others-untouched",
        a_held_pid_file_is_refused_to_others_untouched);
    add("/daemon/reading-the-pid-file-does-not-unlock-it", reading_the_pid_file_does_not_unlock_it);
    add("/daemon/a-running-qemu-ga-keeps-us-out", a_running_qemu_ga_keeps_us_out);
    add("/daemon/a-pid-file-is-a-regular-file-of-its-own-name",
        a_pid_file_is_a_regular_file_of_its_own_name);
    add("/daemon/a-pid-file-of-somebody-else-stays", a_pid_file_of_somebody_else_stays);
    add("/daemon/a-service-manager-is-told", a_service_manager_is_told);
    add("/daemon/a-manager-that-cannot-be-reached-is-no-matter",
        a_manager_that_cannot_be_reached_is_no_matter);
    add("/daemon/in-the-foreground-ready-changes-nothing", in_the_foreground_ready_changes_nothing);
    add("/daemon/signals-become-calls-as-often-as-they-come",
        signals_become_calls_as_often_as_they_come);
    add("/daemon/closed-standard-descriptors-are-filled", closed_standard_descriptors_are_filled);
    add("/daemon/inherited-descriptors-are-not-passed-on", inherited_descriptors_are_not_passed_on);
    add("/daemon/large-memory-goes-back-to-the-system", large_memory_goes_back_to_the_system);
    add("/daemon/sockets-count-if-they-are-for-us", sockets_count_if_they_are_for_us);
    return g_test_run();
}
