/* SPDX-License-Identifier: Apache-2.0 */
#include "os-load.h"
#include "os-system-version.h"
#include "os-system-zone.h"
#include "os-system.h"

#include <string.h>

#define NOON_JULY    1720000000 /* 3 July 2024, summer time in the north */
#define NOON_JANUARY 1704300000 /* 3 January 2024 */

static OsSystemInfo *info_of(guint32 build, gboolean is_server, const char *product)
{
    const OsSystemVersion version = {
        10, 0, build, is_server, IMAGE_FILE_MACHINE_AMD64, product,
    };
    return os_system_version_info(&version);
}

static void test_words(void)
{
    g_autoptr(OsSystemInfo) info = info_of(20348, TRUE, "Windows Server 2022 Standard");

    g_assert_cmpstr(info->id, ==, "mswindows");
    g_assert_cmpstr(info->name, ==, "Microsoft Windows");
    g_assert_cmpstr(info->pretty_name, ==, "Windows Server 2022 Standard");
    g_assert_cmpstr(info->version, ==, "Microsoft Windows Server 2022");
    g_assert_cmpstr(info->version_id, ==, "2022");
    g_assert_cmpstr(info->variant, ==, "server");
    g_assert_cmpstr(info->variant_id, ==, "server");
    g_assert_cmpstr(info->kernel_version, ==, "10.0");
    g_assert_cmpstr(info->kernel_release, ==, "20348");
    g_assert_cmpstr(info->machine, ==, "x86_64");
}

static void test_releases(void)
{
    static const struct {
        guint32 build;
        gboolean is_server;
        const char *version, *id;
    } releases[] = {
        {10240, FALSE, "Microsoft Windows 10", "10"},
        {21999, FALSE, "Microsoft Windows 10", "10"},
        {22000, FALSE, "Microsoft Windows 11", "11"},
        {99999, FALSE, "Microsoft Windows 11", "11"},
        {14393, TRUE, "Microsoft Windows Server 2016", "2016"},
        {17763, TRUE, "Microsoft Windows Server 2019", "2019"},
        {19042, TRUE, "Microsoft Windows Server 2019", "2019"},
        {25398, TRUE, "Microsoft Windows Server 2022", "2022"},
        {26100, TRUE, "Microsoft Windows Server 2025", "2025"},
        {9600, FALSE, NULL, NULL},
        {9600, TRUE, NULL, NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(releases); i++) {
        g_autoptr(OsSystemInfo) info = info_of(releases[i].build, releases[i].is_server, NULL);
        g_assert_cmpstr(info->version, ==, releases[i].version);
        g_assert_cmpstr(info->version_id, ==, releases[i].id);
        g_assert_cmpstr(info->variant, ==, releases[i].is_server ? "server" : "client");
        g_assert_null(info->pretty_name);
    }
}

static void assert_pretty(guint32 build, gboolean is_server, const char *product,
                          const char *expected)
{
    g_autoptr(OsSystemInfo) info = info_of(build, is_server, product);
    g_assert_cmpstr(info->pretty_name, ==, expected);
}

static void test_stale_product(void)
{
    assert_pretty(22631, FALSE, "Windows 10 Pro", "Windows 11 Pro");
    assert_pretty(22631, FALSE, "Windows 11 Pro", "Windows 11 Pro");
    assert_pretty(19045, FALSE, "Windows 10 Pro", "Windows 10 Pro");
    assert_pretty(26100, TRUE, "Windows 10 Server", "Windows 10 Server");
    assert_pretty(22631, FALSE, "", NULL);
}

static void test_machines(void)
{
    OsSystemVersion version = {.build = 19045, .machine = IMAGE_FILE_MACHINE_ARM64};
    g_autoptr(OsSystemInfo) arm = os_system_version_info(&version);
    version.machine = IMAGE_FILE_MACHINE_I386;
    g_autoptr(OsSystemInfo) x86 = os_system_version_info(&version);
    version.machine = IMAGE_FILE_MACHINE_UNKNOWN;
    g_autoptr(OsSystemInfo) unknown = os_system_version_info(&version);

    g_assert_cmpstr(arm->machine, ==, "arm64");
    g_assert_cmpstr(x86->machine, ==, "x86");
    g_assert_null(unknown->machine);
}

static void test_this_system(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(OsSystemInfo) info = os_system_info(&error);

    g_assert_no_error(error);
    g_assert_cmpstr(info->id, ==, "mswindows");
    g_assert_cmpstr(info->kernel_version, ==, "10.0");
    g_assert_cmpuint(g_ascii_strtoull(info->kernel_release, NULL, 10), >=, 10240);
    g_assert_nonnull(info->machine);
    g_assert_nonnull(info->version_id);
    g_assert_true(g_str_has_prefix(info->version, "Microsoft Windows "));
}

static void test_host_name(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *name = os_system_host_name(&error);

    g_assert_no_error(error);
    g_assert_cmpstr(name, !=, "");
    g_assert_true(g_utf8_validate(name, -1, NULL));
}

static void test_boot_id(void)
{
    g_autofree char *first = os_system_boot_id();
    g_autofree char *second = os_system_boot_id();

    g_assert_nonnull(first);
    g_assert_cmpstr(first, ==, second);
}

static void test_offset(void)
{
    DYNAMIC_TIME_ZONE_INFORMATION zone = {.Bias = -60, .StandardBias = 5, .DaylightBias = -60};

    g_assert_cmpint(os_system_zone_offset(&zone, TIME_ZONE_ID_DAYLIGHT), ==, 7200);
    g_assert_cmpint(os_system_zone_offset(&zone, TIME_ZONE_ID_STANDARD), ==, 3300);
    g_assert_cmpint(os_system_zone_offset(&zone, TIME_ZONE_ID_UNKNOWN), ==, 3600);
    zone.Bias = 210;
    g_assert_cmpint(os_system_zone_offset(&zone, TIME_ZONE_ID_UNKNOWN), ==, -12600);
}

static void assert_zone(const wchar_t *key, DWORD which, gint64 now, const char *name,
                        gint32 offset)
{
    DYNAMIC_TIME_ZONE_INFORMATION info = {.Bias = -60, .DaylightBias = -60};
    wcscpy(info.TimeZoneKeyName, key);
    g_autoptr(GTimeZone) zone = os_system_zone(&info, which, now);
    int interval = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, now);

    g_assert_cmpint(g_time_zone_get_offset(zone, interval), ==, offset);
    if (name)
        g_assert_cmpstr(g_time_zone_get_abbreviation(zone, interval), ==, name);
    else
        g_assert_cmpstr(g_time_zone_get_abbreviation(zone, interval), !=, "UTC");
}

static void test_named_zone(void)
{
    assert_zone(L"W. Europe Standard Time", TIME_ZONE_ID_DAYLIGHT, NOON_JULY, NULL, 7200);
    assert_zone(L"W. Europe Standard Time", TIME_ZONE_ID_STANDARD, NOON_JANUARY, NULL, 3600);
}

/* Summer time switched off by the user, a zone that a program made up, a name that lies. */
static void test_offset_beats_the_name(void)
{
    assert_zone(L"W. Europe Standard Time", TIME_ZONE_ID_UNKNOWN, NOON_JULY, "+01:00", 3600);
    assert_zone(L"", TIME_ZONE_ID_UNKNOWN, NOON_JULY, "+01:00", 3600);
    assert_zone(L"No Such Standard Time", TIME_ZONE_ID_UNKNOWN, NOON_JULY, "+01:00", 3600);
}

static void test_zone_of_this_system(void)
{
    DYNAMIC_TIME_ZONE_INFORMATION info;
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    DWORD which = GetDynamicTimeZoneInformation(&info);
    g_autoptr(GTimeZone) zone = os_system_time_zone();
    int interval = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, now);

    g_assert_cmpint(g_time_zone_get_offset(zone, interval), ==,
                    os_system_zone_offset(&info, which));
}

static void assert_near(double value, double expected)
{
    g_assert_cmpfloat_with_epsilon(value, expected, 1e-9);
}

static void test_load_is_zero_at_first(void)
{
    double means[3] = {-1, -1, -1};
    OsLoad load = {0};

    os_load_means(&load, means);
    for (int i = 0; i < 3; i++)
        g_assert_cmpfloat(means[i], ==, 0);
}

static void test_load_of_one_sample(void)
{
    double means[3];
    OsLoad load = {0};

    os_load_add(&load, 3);
    os_load_means(&load, means);
    for (int i = 0; i < 3; i++)
        assert_near(means[i], 3);
}

static void test_load_forgets(void)
{
    double means[3];
    OsLoad load = {0};

    for (int i = 0; i < 10000; i++)
        os_load_add(&load, 8);
    for (guint seconds = 0; seconds < 60; seconds += OS_LOAD_PERIOD)
        os_load_add(&load, 0);
    os_load_means(&load, means);
    assert_near(means[0], 8 * 0.36787944117144233);
    assert_near(means[1], 8 * 0.81873075307798182);
    assert_near(means[2], 8 * 0.93550698503161778);
}

static GArray *times_of(guint64 user, guint64 idle)
{
    GArray *times = g_array_new(FALSE, FALSE, sizeof(OsCpuTimes));
    OsCpuTimes cpu = {.counted = OS_CPU_SOFTIRQ + 1};
    cpu.milliseconds[OS_CPU_USER] = user;
    cpu.milliseconds[OS_CPU_IDLE] = idle;
    for (cpu.id = 0; cpu.id < 4; cpu.id++)
        g_array_append_val(times, cpu);
    return times;
}

static void test_running(void)
{
    g_autoptr(GArray) before = times_of(1000, 1000);
    g_autoptr(GArray) half = times_of(3500, 3500);
    g_autoptr(GArray) full = times_of(6000, 1000);

    assert_near(os_load_running(before, half), 2);
    assert_near(os_load_running(before, full), 4);
    assert_near(os_load_running(before, before), 0);
    assert_near(os_load_running(half, before), 0);
}

static void test_load_does_not_wait(void)
{
    double load[3] = {-1, -1, -1};
    g_autoptr(GError) error = NULL;
    gint64 before = g_get_monotonic_time();

    g_assert_true(os_system_load(load, &error));
    g_assert_no_error(error);
    g_assert_cmpint(g_get_monotonic_time() - before, <, OS_LOAD_PERIOD * G_USEC_PER_SEC);
    for (int i = 0; i < 3; i++)
        g_assert_cmpfloat(load[i], ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/system/version/the-words-are-those-of-qemu-ga", test_words);
    g_test_add_func("/system/version/a-build-tells-the-release", test_releases);
    g_test_add_func("/system/version/windows-11-is-not-called-10", test_stale_product);
    g_test_add_func("/system/version/the-processor-has-a-name", test_machines);
    g_test_add_func("/system/version/this-system-says-who-it-is", test_this_system);
    g_test_add_func("/system/the-host-name-is-text", test_host_name);
    g_test_add_func("/system/the-boot-id-stays", test_boot_id);
    g_test_add_func("/system/zone/a-bias-is-what-local-time-lacks", test_offset);
    g_test_add_func("/system/zone/the-registry-gives-name-and-rules", test_named_zone);
    g_test_add_func("/system/zone/the-offset-in-force-beats-the-name", test_offset_beats_the_name);
    g_test_add_func("/system/zone/it-is-that-of-this-system", test_zone_of_this_system);
    g_test_add_func("/system/load/without-a-sample-it-is-zero", test_load_is_zero_at_first);
    g_test_add_func("/system/load/one-sample-is-the-mean", test_load_of_one_sample);
    g_test_add_func("/system/load/a-minute-forgets-faster-than-fifteen", test_load_forgets);
    g_test_add_func("/system/load/what-is-busy-runs", test_running);
    g_test_add_func("/system/load/the-first-answer-is-zeros-at-once", test_load_does_not_wait);
    return g_test_run();
}
