/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-login-service.h"
#include "os-power.h"
#include "root-tree.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/*
 * Nothing here can reach the machine's own switches: the programs and /sys/power are those below
 * os_root(), a directory that the test has made, and so is the bus unless the test starts one.
 */

/* Once this file exists the machine seems to have slept. */
static const char *sign_of_sleep;

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int result = (int)syscall(SYS_clock_gettime, clock, now);

    if (clock == CLOCK_BOOTTIME && sign_of_sleep && access(sign_of_sleep, F_OK) == 0)
        now->tv_sec += 2;
    return result;
}

#define SLEEPY                                                                                     \
    "/sys/power/state = freeze mem disk\n/sys/power/mem_sleep = s2idle [deep]\n"                   \
    "/sys/power/disk = [platform] shutdown reboot suspend test_resume\n"                           \
    "/sys/power/resume = 253:2\n"

typedef struct {
    char *root, *log;
} Place;

/* @tree is one, or another word for the test. */
static void place_make(Place *place, gconstpointer tree)
{
    place->root = root_tree_unpack_text(tree && strchr(tree, '/') ? tree : "");
    place->log = g_build_filename(place->root, "log", NULL);
    g_setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
}

static void place_drop(Place *place, gconstpointer tree)
{
    root_tree_remove(place->root);
    g_free(place->log);
}

/* A program that notes how it was called, speaks, and ends with @status. */
static void add_program(const Place *place, const char *name, const char *says, int status)
{
    g_autofree char *path = g_strconcat(place->root, name, NULL);
    g_autofree char *directory = g_path_get_dirname(path);
    g_autofree char *text =
        g_strdup_printf("#!/bin/sh\necho \"%s\" \"$@\" >>'%s'\nprintf '%%s\\n' '%s' >&2\nexit %d\n",
                        name, place->log, says, status);

    g_assert_cmpint(g_mkdir_with_parents(directory, 0700), ==, 0);
    g_assert_true(g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_NONE, 0700, NULL));
}

static void assert_log(const Place *place, const char *expected)
{
    g_autofree char *log = NULL;

    if (!g_file_get_contents(place->log, &log, NULL, NULL))
        log = g_strdup("");
    g_assert_cmpstr(log, ==, expected);
    g_remove(place->log);
}

static void assert_file(const Place *place, const char *name, const char *expected)
{
    g_autofree char *path = g_strconcat(place->root, name, NULL), *text = NULL;
    g_autoptr(GError) error = NULL;

    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(g_strchomp(text), ==, expected);
}

static void assert_enters(OsPowerState state)
{
    g_autoptr(GError) error = NULL;
    gboolean done = os_power_enter(state, &error);

    g_assert_no_error(error);
    g_assert_true(done);
}

static void assert_fails(OsPowerState state, const char *expected)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(os_power_enter(state, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_FAILED);
    g_assert_cmpstr(error->message, ==, expected);
}

static void assert_not_supported(OsPowerState state)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(os_power_enter(state, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
}

static void add_all_programs(const Place *place)
{
    static const char *const programs[] = {
        "/usr/bin/systemctl",
        "/usr/sbin/pm-suspend",
        "/usr/sbin/pm-hibernate",
        "/usr/sbin/pm-suspend-hybrid",
        "/sbin/halt",
        "/sbin/poweroff",
        "/sbin/reboot",
        "/sbin/shutdown",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(programs); i++)
        add_program(place, programs[i], "", 0);
}

static void test_init_programs(Place *place, gconstpointer data)
{
    add_all_programs(place);
    assert_enters(OS_POWER_HALT);
    assert_enters(OS_POWER_OFF);
    assert_enters(OS_POWER_REBOOT);
    assert_log(place, "/sbin/halt\n/sbin/poweroff\n/sbin/reboot\n");
}

static void test_shutdown_program(Place *place, gconstpointer data)
{
    add_program(place, "/sbin/shutdown", "", 0);
    assert_enters(OS_POWER_HALT);
    assert_enters(OS_POWER_OFF);
    assert_enters(OS_POWER_REBOOT);
    assert_log(place, "/sbin/shutdown -h -H +0 the host asks for it\n"
                      "/sbin/shutdown -h -P +0 the host asks for it\n"
                      "/sbin/shutdown -r +0 the host asks for it\n");
}

static void test_systemctl(Place *place, gconstpointer data)
{
    add_all_programs(place);
    for (int state = OS_POWER_HALT; state <= OS_POWER_SLEEP_HYBRID; state++)
        assert_enters((OsPowerState)state);
    assert_log(place, "/usr/bin/systemctl halt\n/usr/bin/systemctl poweroff\n"
                      "/usr/bin/systemctl reboot\n/usr/bin/systemctl hibernate\n"
                      "/usr/bin/systemctl suspend\n/usr/bin/systemctl hybrid-sleep\n");
}

static void test_refusals(Place *place, gconstpointer data)
{
    add_program(place, "/bin/systemctl", "No bus.", 1);
    add_program(place, "/usr/sbin/poweroff", "Not now.", 2);
    add_program(place, "/sbin/shutdown", "", 0);
    assert_enters(OS_POWER_OFF);
    assert_log(place, "/bin/systemctl poweroff\n/usr/sbin/poweroff\n"
                      "/sbin/shutdown -h -P +0 the host asks for it\n");
    add_program(place, "/sbin/shutdown", "must be root", 1);
    assert_fails(OS_POWER_OFF, "systemctl: exit status 1: No bus.; "
                               "init: exit status 2: Not now.; "
                               "shutdown: exit status 1: must be root");
}

static void test_nothing_there(Place *place, gconstpointer data)
{
    assert_not_supported(OS_POWER_OFF);
    assert_not_supported(OS_POWER_SLEEP_RAM);
}

static void test_pm_utils(Place *place, gconstpointer data)
{
    add_all_programs(place);
    assert_enters(OS_POWER_SLEEP_DISK);
    assert_enters(OS_POWER_SLEEP_RAM);
    assert_enters(OS_POWER_SLEEP_HYBRID);
    assert_log(place, "/usr/sbin/pm-hibernate\n/usr/sbin/pm-suspend\n"
                      "/usr/sbin/pm-suspend-hybrid\n");
    assert_file(place, "/sys/power/state", "freeze mem disk");
}

static void test_complaint_after_sleep(Place *place, gconstpointer data)
{
    add_program(place, "/sbin/pm-suspend", "a hook failed", 1);
    add_program(place, "/sbin/reboot", "no", 1);
    sign_of_sleep = place->log;
    assert_enters(OS_POWER_SLEEP_RAM);
    assert_log(place, "/sbin/pm-suspend\n");
    assert_file(place, "/sys/power/state", "freeze mem disk");
    assert_fails(OS_POWER_REBOOT, "init: exit status 1: no");
    sign_of_sleep = NULL;
}

static void test_kernel_ram(Place *place, gconstpointer data)
{
    assert_enters(OS_POWER_SLEEP_RAM);
    assert_file(place, "/sys/power/state", "mem");
    assert_file(place, "/sys/power/mem_sleep", "deep");
    assert_file(place, "/sys/power/disk", "[platform] shutdown reboot suspend test_resume");
}

static void test_kernel_disk(Place *place, gconstpointer data)
{
    assert_enters(OS_POWER_SLEEP_DISK);
    assert_file(place, "/sys/power/state", "disk");
    assert_file(place, "/sys/power/disk", "platform");
    assert_file(place, "/sys/power/mem_sleep", "s2idle [deep]");
}

static void test_kernel_disk_after_hybrid(Place *place, gconstpointer data)
{
    root_tree_add(place->root, "/sys/power/disk = shutdown reboot [suspend] test_resume\n");
    assert_enters(OS_POWER_SLEEP_DISK);
    assert_file(place, "/sys/power/disk", "shutdown");
}

static void test_kernel_hybrid(Place *place, gconstpointer data)
{
    assert_enters(OS_POWER_SLEEP_HYBRID);
    assert_file(place, "/sys/power/state", "disk");
    assert_file(place, "/sys/power/disk", "suspend");
    assert_file(place, "/sys/power/mem_sleep", "deep");
}

static void test_old_kernel(Place *place, gconstpointer data)
{
    assert_enters(OS_POWER_SLEEP_RAM);
    assert_file(place, "/sys/power/state", "mem");
}

static void assert_untouched(Place *place, OsPowerState state, const char *tree)
{
    root_tree_add(place->root, tree);
    assert_not_supported(state);
    root_tree_add(place->root, SLEEPY);
    assert_log(place, "");
}

static void test_cannot_sleep(Place *place, gconstpointer data)
{
    add_all_programs(place);
    assert_untouched(place, OS_POWER_SLEEP_RAM, "/sys/power/state = freeze disk\n");
    assert_untouched(place, OS_POWER_SLEEP_RAM, "/sys/power/mem_sleep = [s2idle]\n");
    assert_untouched(place, OS_POWER_SLEEP_RAM, "/sys/power/mem_sleep = [s2idle] deepest\n");
    assert_untouched(place, OS_POWER_SLEEP_RAM, "/sys/power/mem_sleep = [ ]\n");
    assert_untouched(place, OS_POWER_SLEEP_DISK, "/sys/power/state = freeze mem\n");
    assert_untouched(place, OS_POWER_SLEEP_DISK, "/sys/power/disk = [disabled]\n");
    assert_untouched(place, OS_POWER_SLEEP_HYBRID, "/sys/power/disk = [platform] shutdown\n");
    assert_untouched(place, OS_POWER_SLEEP_HYBRID, "/sys/power/mem_sleep = [s2idle]\n");
}

static void test_nowhere_to_resume_from(Place *place, gconstpointer data)
{
    add_all_programs(place);
    root_tree_add(place->root, "/sys/power/resume = 0:0\n");
    assert_not_supported(OS_POWER_SLEEP_DISK);
    assert_not_supported(OS_POWER_SLEEP_HYBRID);
    assert_log(place, "");
    assert_file(place, "/sys/power/state", "freeze mem disk");
    assert_enters(OS_POWER_SLEEP_RAM);
    assert_log(place, "/usr/sbin/pm-suspend\n");
}

static void test_fifo_for_a_state(Place *place, gconstpointer data)
{
    g_autofree char *path = g_strconcat(place->root, "/sys/power/state", NULL);

    g_remove(path);
    g_assert_cmpint(mkfifo(path, 0600), ==, 0);
    assert_not_supported(OS_POWER_SLEEP_RAM);
}

/* Runs @test with a login service; its orders are left in @manager->orders. */
static void with_manager(Place *place, FakeManager *manager, void (*test)(Place *, FakeManager *))
{
    FakeLogin *login;

    manager->orders = g_string_new(NULL);
    login = fake_login_start_manager(manager);
    if (login) {
        test(place, manager);
        fake_login_stop(login);
    } else {
        g_test_skip("this machine has no dbus-daemon");
    }
    g_string_free(manager->orders, TRUE);
}

static void expect_orders(Place *place, FakeManager *manager)
{
    assert_enters(OS_POWER_OFF);
    assert_enters(OS_POWER_REBOOT);
    assert_enters(OS_POWER_SLEEP_DISK);
    assert_enters(OS_POWER_SLEEP_RAM);
    assert_enters(OS_POWER_SLEEP_HYBRID);
    g_assert_cmpstr(manager->orders->str, ==,
                    "PowerOff(false,)\nReboot(false,)\nHibernate(false,)\nSuspend(false,)\n"
                    "HybridSleep(false,)\n");
    assert_log(place, "");
    assert_file(place, "/sys/power/state", "freeze mem disk");
}

static void test_login(Place *place, gconstpointer data)
{
    FakeManager manager = {.answer = "yes"};
    add_all_programs(place);
    with_manager(place, &manager, expect_orders);
}

static void expect_halt_elsewhere(Place *place, FakeManager *manager)
{
    assert_enters(OS_POWER_HALT);
    assert_log(place, "/sbin/halt\n");
    add_program(place, "/sbin/halt", "no", 1);
    add_program(place, "/sbin/shutdown", "neither", 1);
    assert_fails(OS_POWER_HALT, "init: exit status 1: no; shutdown: exit status 1: neither");
    g_assert_cmpstr(manager->orders->str, ==, "");
}

static void test_login_without_halt(Place *place, gconstpointer data)
{
    FakeManager manager = {.answer = "yes"};
    add_all_programs(place);
    with_manager(place, &manager, expect_halt_elsewhere);
}

static void expect_refusal_passed(Place *place, FakeManager *manager)
{
    assert_fails(OS_POWER_REBOOT, "logind: busy already; init: exit status 1: no");
    assert_enters(OS_POWER_SLEEP_RAM);
    g_assert_cmpstr(manager->orders->str, ==, "Reboot(false,)\nSuspend(false,)\n");
    assert_log(place, "/sbin/reboot\n");
    assert_file(place, "/sys/power/state", "mem");
}

static void test_login_refuses(Place *place, gconstpointer data)
{
    FakeManager manager = {.answer = "challenge", .refusal = "busy already"};
    add_program(place, "/sbin/reboot", "no", 1);
    with_manager(place, &manager, expect_refusal_passed);
}

static void expect_no_sleep(Place *place, FakeManager *manager)
{
    assert_not_supported(OS_POWER_SLEEP_DISK);
    assert_not_supported(OS_POWER_SLEEP_RAM);
    assert_log(place, "");
    assert_file(place, "/sys/power/state", "freeze mem disk");
    assert_enters(OS_POWER_OFF);
    g_assert_cmpstr(manager->orders->str, ==, "");
    assert_log(place, "/sbin/poweroff\n");
}

static void test_login_cannot(Place *place, gconstpointer data)
{
    FakeManager manager = {.answer = data};
    root_tree_add(place->root, SLEEPY);
    add_all_programs(place);
    with_manager(place, &manager, expect_no_sleep);
}

static void test_bus_without_login(Place *place, gconstpointer data)
{
    FakeLogin *login = fake_login_start(NULL, 0);

    if (!login) {
        g_test_skip("this machine has no dbus-daemon");
        return;
    }
    add_program(place, "/sbin/reboot", "no", 1);
    assert_fails(OS_POWER_REBOOT, "init: exit status 1: no");
    fake_login_stop(login);
}

static void test_broken_bus(Place *place, gconstpointer data)
{
    g_setenv("DBUS_SYSTEM_BUS_ADDRESS", "nonsense", TRUE);
    add_program(place, "/sbin/reboot", "", 0);
    assert_enters(OS_POWER_REBOOT);
    assert_log(place, "/sbin/reboot\n");
}

#define ADD(name, tree, function)                                                                  \
    g_test_add("/power/" name, Place, tree, place_make, function, place_drop)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("end/by-the-programs-of-init", NULL, test_init_programs);
    ADD("end/by-shutdown-where-init-has-none", NULL, test_shutdown_program);
    ADD("end/a-refusal-is-remembered-and-the-next-tried", "/run/systemd/system/\n", test_refusals);
    ADD("systemctl-if-systemd-runs", "/run/systemd/system/\n" SLEEPY, test_systemctl);
    ADD("nothing-there-is-not-supported", NULL, test_nothing_there);
    ADD("sleep/by-pm-utils", SLEEPY, test_pm_utils);
    ADD("sleep/a-complaint-after-it-starts-no-other", SLEEPY, test_complaint_after_sleep);
    ADD("sleep/ram-by-the-kernel", SLEEPY, test_kernel_ram);
    ADD("sleep/disk-by-the-kernel", SLEEPY, test_kernel_disk);
    ADD("sleep/disk-after-hybrid-is-disk-alone", SLEEPY, test_kernel_disk_after_hybrid);
    ADD("sleep/hybrid-by-the-kernel", SLEEPY, test_kernel_hybrid);
    ADD("sleep/ram-by-a-kernel-before-4.10", "/sys/power/state = mem\n", test_old_kernel);
    ADD("sleep/what-the-kernel-lacks-nobody-is-asked-for", SLEEPY, test_cannot_sleep);
    ADD("sleep/no-image-that-would-not-be-found-again", SLEEPY, test_nowhere_to_resume_from);
    ADD("sleep/a-fifo-for-a-state-does-not-hang", SLEEPY, test_fifo_for_a_state);
    ADD("login/comes-first-and-is-not-interactive", SLEEPY, test_login);
    ADD("login/an-order-it-does-not-know-goes-on", SLEEPY, test_login_without_halt);
    ADD("login/a-refusal-goes-on", SLEEPY, test_login_refuses);
    ADD("login/na-ends-a-sleep-and-not-an-end", "na", test_login_cannot);
    ADD("login/no-ends-a-sleep-and-not-an-end", "no", test_login_cannot);
    ADD("login/absent-from-the-bus-says-nothing", NULL, test_bus_without_login);
    ADD("login/a-broken-bus-does-not-stop-an-end", NULL, test_broken_bus);
    return g_test_run();
}
