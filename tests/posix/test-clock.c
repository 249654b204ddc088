/* SPDX-License-Identifier: Apache-2.0 */
#include "os-clock.h"
#include "os-rtc.h"
#include "root-tree.h"

#include <errno.h>
#include <gio/gio.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/*
 * No clock of this machine is set: clock_settime(2) and the ioctls of a hardware clock are
 * functions of this program, for all that is linked to it, and do as the test says.
 */

typedef struct {
    struct timespec set; /* the last, by clock_settime(2) */
    guint sets;
    int set_errno; /* 0: it succeeds */

    gboolean ticks;
    struct rtc_time shown, written;
    gint64 written_at; /* of the system's clock, microseconds */
} Machine;

static Machine machine;

int clock_settime(clockid_t clock, const struct timespec *time)
{
    g_assert_cmpint(clock, ==, CLOCK_REALTIME);
    machine.set = *time;
    machine.sets++;
    errno = machine.set_errno;
    return errno ? -1 : 0;
}

static int update_interrupts(void)
{
    errno = ENOTTY;
    return machine.ticks ? 0 : -1;
}

static int write_clock(const struct rtc_time *time)
{
    machine.written = *time;
    machine.written_at = g_get_real_time();
    return 0;
}

int ioctl(int fd, unsigned long request, ...)
{
    va_list args;
    va_start(args, request);
    void *argument = va_arg(args, void *);
    va_end(args);

    switch (request) {
    case RTC_UIE_ON:
    case RTC_UIE_OFF:
        return update_interrupts();
    case RTC_RD_TIME:
        memcpy(argument, &machine.shown, sizeof machine.shown);
        return 0;
    case RTC_SET_TIME:
        return write_clock(argument);
    default:
        return (int)syscall(SYS_ioctl, fd, request, argument);
    }
}

/* The null device: like a clock it is a character device, and always ready. */
#define CLOCK      "/dev/rtc0 -> /dev/null\n"
#define CMOS_CLOCK CLOCK "/sys/dev/char/1:3/name = rtc_cmos 00:05\n"

#define CENTRAL_EUROPE "CET-1CEST,M3.5.0,M10.5.0/3"

typedef struct {
    char *root;
} Place;

static void place_make(Place *place, gconstpointer tree)
{
    machine = (Machine){.ticks = TRUE};
    place->root = root_tree_unpack_text(tree ? tree : "");
}

static void place_drop(Place *place, gconstpointer tree)
{
    root_tree_remove(place->root);
}

static GTimeZone *zone_named(const char *name)
{
    return name ? g_time_zone_new_identifier(name) : g_time_zone_new_utc();
}

static struct rtc_time shown(int year, int month, int day, int hour, int minute, int second)
{
    return (struct rtc_time){.tm_year = year - 1900,
                             .tm_mon = month - 1,
                             .tm_mday = day,
                             .tm_hour = hour,
                             .tm_min = minute,
                             .tm_sec = second};
}

static void assert_reads(struct rtc_time clock, const char *zone_name, gint64 expected)
{
    g_autoptr(GTimeZone) zone = zone_named(zone_name);
    gint64 seconds = 0;

    g_assert_nonnull(zone);
    g_assert_true(os_rtc_to_unix(&clock, zone, &seconds));
    g_assert_cmpint(seconds, ==, expected);
}

static void assert_writes(gint64 seconds, const char *zone_name, struct rtc_time expected)
{
    g_autoptr(GTimeZone) zone = zone_named(zone_name);
    struct rtc_time clock;

    g_assert_true(os_rtc_from_unix(seconds, zone, &clock));
    g_assert_cmpint(clock.tm_year, ==, expected.tm_year);
    g_assert_cmpint(clock.tm_mon, ==, expected.tm_mon);
    g_assert_cmpint(clock.tm_mday, ==, expected.tm_mday);
    g_assert_cmpint(clock.tm_hour, ==, expected.tm_hour);
    g_assert_cmpint(clock.tm_min, ==, expected.tm_min);
    g_assert_cmpint(clock.tm_sec, ==, expected.tm_sec);
}

static void assert_both(struct rtc_time clock, const char *zone, gint64 seconds)
{
    assert_reads(clock, zone, seconds);
    assert_writes(seconds, zone, clock);
}

static void test_utc(void)
{
    assert_both(shown(1970, 1, 1, 0, 0, 0), NULL, 0);
    assert_both(shown(1969, 12, 31, 23, 59, 59), NULL, -1);
    assert_both(shown(2000, 2, 29, 12, 0, 0), NULL, 951825600);
    assert_both(shown(2038, 1, 19, 3, 14, 8), NULL, 2147483648);
    assert_both(shown(2070, 1, 1, 0, 0, 0), NULL, 3155760000);
    assert_both(shown(2100, 2, 28, 23, 59, 59), NULL, 4107542399);
    assert_both(shown(2100, 3, 1, 0, 0, 0), NULL, 4107542400);
    assert_both(shown(9999, 12, 31, 23, 59, 59), NULL, 253402300799);
}

static void test_local(void)
{
    assert_both(shown(2026, 1, 15, 13, 0, 0), CENTRAL_EUROPE, 1768478400);
    assert_both(shown(2026, 7, 15, 14, 0, 0), CENTRAL_EUROPE, 1784116800);
    assert_both(shown(2026, 1, 1, 0, 30, 0), CENTRAL_EUROPE, 1767223800);
    assert_both(shown(2026, 1, 1, 5, 30, 0), "IST-5:30", 1767225600);
}

/* Sunday 2026-10-25: 03:00 CEST is followed by 02:00 CET. */
static void test_autumn(void)
{
    assert_both(shown(2026, 10, 25, 1, 59, 59), CENTRAL_EUROPE, 1792886399);
    assert_writes(1792886400 + 1800, CENTRAL_EUROPE, shown(2026, 10, 25, 2, 30, 0));
    assert_both(shown(2026, 10, 25, 2, 30, 0), CENTRAL_EUROPE, 1792890000 + 1800);
    assert_both(shown(2026, 10, 25, 3, 0, 0), CENTRAL_EUROPE, 1792893600);
}

/* Sunday 2026-03-29: 02:00 CET is followed by 03:00 CEST. */
static void test_spring(void)
{
    assert_both(shown(2026, 3, 29, 1, 59, 59), CENTRAL_EUROPE, 1774745999);
    assert_reads(shown(2026, 3, 29, 2, 30, 0), CENTRAL_EUROPE, 1774746000);
    assert_both(shown(2026, 3, 29, 3, 0, 0), CENTRAL_EUROPE, 1774746000);
}

static void test_no_date(void)
{
    const struct rtc_time bad[] = {
        shown(2100, 2, 29, 0, 0, 0),
        shown(2026, 13, 1, 0, 0, 0),
        shown(2026, 0, 1, 0, 0, 0),
        shown(2026, 1, 0, 0, 0, 0),
        shown(2026, 1, 1, 24, 0, 0),
        shown(2026, 1, 1, 0, 60, 0),
        shown(2026, 1, 1, 0, 0, 60),
        shown(10000, 1, 1, 0, 0, 0),
        shown(0, 1, 1, 0, 0, 0),
        {.tm_year = G_MAXINT, .tm_mday = 1},
        {.tm_year = G_MININT, .tm_mday = 1},
        {.tm_mon = G_MAXINT, .tm_mday = 1},
    };
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    gint64 seconds = 7;

    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_false(os_rtc_to_unix(&bad[i], utc, &seconds));
    g_assert_cmpint(seconds, ==, 7);
}

static void test_after_9999(void)
{
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    struct rtc_time clock;

    g_assert_false(os_rtc_from_unix(253402300800, utc, &clock));
    g_assert_false(os_rtc_from_unix(G_MAXINT64, utc, &clock));
}

static gint32 offset_by(Place *place, const char *adjtime)
{
    g_autoptr(GTimeZone) zone = NULL;

    g_unsetenv("TZ");
    root_tree_add(place->root, adjtime);
    zone = os_rtc_zone();
    return g_time_zone_get_offset(zone,
                                  g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, 86400));
}

static void test_adjtime(Place *place, gconstpointer data)
{
    const char *zones[] = {"/usr/share/zoneinfo/Etc/GMT-3", "/usr/share/zoneinfo/Asia/Tokyo"};
    g_autofree char *link = NULL;
    gint32 east = 0;

    for (gsize i = 0; i < G_N_ELEMENTS(zones) && !link; i++)
        if (g_file_test(zones[i], G_FILE_TEST_EXISTS)) {
            link = g_strconcat("/etc/localtime -> ", zones[i], NULL);
            east = i ? 32400 : 10800;
        }
    if (!link) {
        g_test_skip("this machine has no time zones");
        return;
    }
    root_tree_add(place->root, link);
    g_assert_cmpint(offset_by(place, ""), ==, 0);
    g_assert_cmpint(offset_by(place, "/etc/adjtime:\n|0.0 0 0.0\n|0\n|UTC\n"), ==, 0);
    g_assert_cmpint(offset_by(place, "/etc/adjtime:\n|0.0 0 0.0\n|0\n|LOCAL\n"), ==, east);
    g_assert_cmpint(offset_by(place, "/etc/adjtime:\n|0.0 0 0.0\n|0\n|LOCAL \n|x\n"), ==, east);
    /* "0 0", "0", "LOCAL", and no line feed at the end. */
    g_assert_cmpint(offset_by(place, "/etc/adjtime hex 3020300a300a4c4f43414c"), ==, east);
    g_assert_cmpint(offset_by(place, "/etc/adjtime:\n|0.0 0 0.0\n|LOCAL\n"), ==, 0);
    g_assert_cmpint(offset_by(place, "/etc/adjtime:\n|0.0 0 0.0\n|0\n|LOCALTIME\n"), ==, 0);
}

static void assert_refuses(gboolean (*function)(GError **), int code, const char *expected)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(function(&error));
    g_assert_error(error, G_IO_ERROR, code);
    g_assert_nonnull(strstr(error->message, expected));
}

static void test_no_clock(Place *place, gconstpointer data)
{
    assert_refuses(os_clock_save, G_IO_ERROR_NOT_FOUND, "this system has no hardware clock");
    assert_refuses(os_clock_load, G_IO_ERROR_NOT_FOUND, "this system has no hardware clock");
}

static void test_regular_file(Place *place, gconstpointer data)
{
    assert_refuses(os_clock_save, G_IO_ERROR_FAILED, "/dev/rtc' is no clock: ");
    assert_refuses(os_clock_load, G_IO_ERROR_FAILED, "/dev/rtc' is no clock: ");
}

static void test_fifo(Place *place, gconstpointer data)
{
    g_autofree char *path = g_strconcat(place->root, "/dev/rtc0", NULL);

    root_tree_add(place->root, "/dev/\n");
    g_assert_cmpint(mkfifo(path, 0600), ==, 0);
    assert_refuses(os_clock_save, G_IO_ERROR_FAILED, "/dev/rtc0' is no clock: ");
    assert_refuses(os_clock_load, G_IO_ERROR_FAILED, "/dev/rtc0' is no clock: ");
}

static void assert_set(gint64 seconds, long nanoseconds)
{
    g_assert_cmpuint(machine.sets, ==, 1);
    g_assert_cmpint(machine.set.tv_sec, ==, seconds);
    g_assert_cmpint(machine.set.tv_nsec, ==, nanoseconds);
    machine.sets = 0;
}

static void test_set(Place *place, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(os_clock_set(4107542400999999999, NULL));
    assert_set(4107542400, 999999999);
    machine.set_errno = EINVAL;
    g_assert_false(os_clock_set(1, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    g_assert_cmpstr(error->message, ==, "Failed to set time to guest: Invalid argument");
}

static void test_load(Place *place, gconstpointer data)
{
    machine.shown = shown(2100, 3, 1, 0, 0, 0);
    g_assert_true(os_clock_load(NULL));
    assert_set(4107542400, 0);
}

static void test_load_without_ticks(Place *place, gconstpointer data)
{
    machine.shown = shown(2100, 3, 1, 0, 0, 0);
    machine.ticks = FALSE;
    g_assert_true(os_clock_load(NULL));
    assert_set(4107542400, 500000000);
}

static void test_load_of_no_use(Place *place, gconstpointer data)
{
    const struct rtc_time bad[] = {
        shown(1969, 12, 31, 23, 59, 59),
        shown(2263, 1, 1, 0, 0, 0),
        shown(2026, 2, 30, 0, 0, 0),
    };

    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        machine.shown = bad[i];
        assert_refuses(os_clock_load, G_IO_ERROR_FAILED, "failed to make sense of '");
    }
    g_assert_cmpuint(machine.sets, ==, 0);
}

/* TRUE if it was written @fraction into the second that it shows, give or take a tenth. */
static gboolean is_on_time(gint64 fraction)
{
    gint64 seconds, past;
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();

    g_assert_true(os_clock_save(NULL));
    g_assert_true(os_rtc_to_unix(&machine.written, utc, &seconds));
    past = machine.written_at - seconds * G_USEC_PER_SEC - fraction;
    g_test_message("%" G_GINT64_FORMAT " us late", past);
    return past >= 0 && past < G_USEC_PER_SEC / 10;
}

/* On a busy machine a try may be late. */
static void test_save(Place *place, gconstpointer tree)
{
    gint64 fraction = g_str_equal(tree, CMOS_CLOCK) ? G_USEC_PER_SEC / 2 : 0;
    guint tries = 5;

    while (!is_on_time(fraction))
        g_assert_cmpuint(--tries, >, 0);
    g_assert_cmpuint(machine.sets, ==, 0);
}

#define ADD(name, tree, function)                                                                  \
    g_test_add("/clock/" name, Place, tree, place_make, function, place_drop)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/clock/hardware/utc-from-1969-to-9999", test_utc);
    g_test_add_func("/clock/hardware/local-time-follows-the-season", test_local);
    g_test_add_func("/clock/hardware/the-hour-that-comes-twice-is-the-second", test_autumn);
    g_test_add_func("/clock/hardware/the-hour-that-is-left-out-is-its-end", test_spring);
    g_test_add_func("/clock/hardware/what-is-no-date-is-refused", test_no_date);
    g_test_add_func("/clock/hardware/after-9999-is-refused", test_after_9999);
    ADD("hardware/adjtime-says-local-on-its-third-line", NULL, test_adjtime);
    ADD("absent", NULL, test_no_clock);
    ADD("a-regular-file-is-none", "/dev/rtc = 12:00\n", test_regular_file);
    ADD("a-fifo-is-none-and-does-not-hang", NULL, test_fifo);
    ADD("set/to-the-nanosecond-or-says-why-not", NULL, test_set);
    ADD("load/at-the-tick", CLOCK, test_load);
    ADD("load/half-a-second-on-without-ticks", CLOCK, test_load_without_ticks);
    ADD("load/what-no-clock-holds-is-not-set", CLOCK, test_load_of_no_use);
    ADD("save/when-the-second-begins", CLOCK, test_save);
    ADD("save/in-the-middle-of-a-second-on-a-pc", CMOS_CLOCK, test_save);
    return g_test_run();
}
