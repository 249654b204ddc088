/* SPDX-License-Identifier: Apache-2.0 */
#include "os-root.h"
#include "os-system.h"

#include <glib/gstdio.h>
#include <sys/utsname.h>
#include <unistd.h>

#define NOON_JULY 1720000000 /* 3 July 2024, summer time in the north */

static void test_kernel(void)
{
    struct utsname kernel;
    g_autoptr(OsSystemInfo) info = os_system_info(NULL);

    g_assert_cmpint(uname(&kernel), ==, 0);
    g_assert_cmpstr(info->kernel_release, ==, kernel.release);
    g_assert_cmpstr(info->kernel_version, ==, kernel.version);
    g_assert_cmpstr(info->machine, ==, kernel.machine);
}

static void test_host_name(void)
{
    char expected[256] = "";
    g_autoptr(GError) error = NULL;
    g_autofree char *name = os_system_host_name(&error);

    g_assert_no_error(error);
    g_assert_cmpint(gethostname(expected, sizeof expected - 1), ==, 0);
    g_assert_cmpstr(name, ==, expected);
}

static void test_load(void)
{
    double load[3] = {-1, -1, -1};
    g_autoptr(GError) error = NULL;

    g_assert_true(os_system_load(load, &error));
    g_assert_no_error(error);
    for (int i = 0; i < 3; i++) {
        g_assert_cmpfloat(load[i], >=, 0);
    }
}

static void assert_zone(const char *name, int offset)
{
    g_autoptr(GTimeZone) zone = os_system_time_zone();
    int interval = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, NOON_JULY);
    g_assert_cmpstr(g_time_zone_get_abbreviation(zone, interval), ==, name);
    g_assert_cmpint(g_time_zone_get_offset(zone, interval), ==, offset);
}

static void test_zone_of_the_variable(void)
{
    g_setenv("TZ", "AAA-3:30", TRUE);
    assert_zone("AAA", 12600);
    g_setenv("TZ", "BBB5", TRUE);
    assert_zone("BBB", -18000);
    g_setenv("TZ", "", TRUE);
    assert_zone("UTC", 0);
    g_setenv("TZ", "No/Such_Zone", TRUE);
    assert_zone("UTC", 0);
    g_unsetenv("TZ");
}

/* A TZif file (RFC 8536), version 1, with one type of local time and no transition. */
static void write_zone(const char *path, const char *name, gint32 offset)
{
    g_autoptr(GByteArray) file = g_byte_array_new();
    guint32 counts[6] = {0, 0, 0, 0, GUINT32_TO_BE(1), GUINT32_TO_BE(4)};
    guint32 seconds = GUINT32_TO_BE((guint32)offset);
    guint8 rest[2] = {0, 0};
    guint8 unused[16] = {0};

    g_byte_array_append(file, (const guint8 *)"TZif", 4);
    g_byte_array_append(file, unused, sizeof unused);
    g_byte_array_append(file, (const guint8 *)counts, sizeof counts);
    g_byte_array_append(file, (const guint8 *)&seconds, sizeof seconds);
    g_byte_array_append(file, rest, sizeof rest);
    g_byte_array_append(file, (const guint8 *)name, 4);
    g_assert_true(g_file_set_contents(path, (const char *)file->data, file->len, NULL));
}

typedef struct {
    char *root, *etc, *localtime, *other;
} Place;

static void place_make(Place *place, gconstpointer data)
{
    place->root = g_dir_make_tmp("system-XXXXXX", NULL);
    g_assert_nonnull(place->root);
    place->etc = g_build_filename(place->root, "etc", NULL);
    place->localtime = g_build_filename(place->etc, "localtime", NULL);
    place->other = g_build_filename(place->etc, "other", NULL);
    g_assert_cmpint(g_mkdir(place->etc, 0700), ==, 0);
    os_root_set(place->root);
}

static void place_drop(Place *place, gconstpointer data)
{
    os_root_set(NULL);
    g_remove(place->other);
    g_remove(place->localtime);
    g_rmdir(place->etc);
    g_rmdir(place->root);
    g_free(place->other);
    g_free(place->localtime);
    g_free(place->etc);
    g_free(place->root);
}

static void test_zone_without_a_file(Place *place, gconstpointer data)
{
    assert_zone("UTC", 0);
}

static void test_zone_follows_the_file(Place *place, gconstpointer data)
{
    write_zone(place->localtime, "AAA", 3600);
    assert_zone("AAA", 3600);
    write_zone(place->localtime, "BBB", -7200);
    assert_zone("BBB", -7200);
}

static void test_zone_follows_the_link(Place *place, gconstpointer data)
{
    write_zone(place->localtime, "AAA", 3600);
    write_zone(place->other, "BBB", 7200);
    assert_zone("AAA", 3600);
    g_remove(place->localtime);
    g_assert_cmpint(symlink("other", place->localtime), ==, 0);
    assert_zone("BBB", 7200);
}

static void test_variable_beats_the_file(Place *place, gconstpointer data)
{
    write_zone(place->localtime, "AAA", 3600);
    g_setenv("TZ", "CCC-2", TRUE);
    assert_zone("CCC", 7200);
    g_unsetenv("TZ");
    assert_zone("AAA", 3600);
}

#define ADD(name, function)                                                                        \
    g_test_add("/system/" name, Place, NULL, place_make, function, place_drop)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_unsetenv("TZ");
    g_test_add_func("/system/the-kernel-is-that-of-uname", test_kernel);
    g_test_add_func("/system/the-host-name-is-that-of-now", test_host_name);
    g_test_add_func("/system/there-are-three-loads", test_load);
    g_test_add_func("/system/zone/a-change-of-TZ-shows-at-once", test_zone_of_the_variable);
    ADD("zone/without-a-file-it-is-utc", test_zone_without_a_file);
    ADD("zone/a-replaced-file-shows-at-once", test_zone_follows_the_file);
    ADD("zone/a-changed-link-shows-at-once", test_zone_follows_the_link);
    ADD("zone/TZ-beats-the-file", test_variable_beats_the_file);
    return g_test_run();
}
