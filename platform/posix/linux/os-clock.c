/* SPDX-License-Identifier: Apache-2.0 */
#include "os-clock.h"
#include "os-error.h"
#include "os-fd.h"
#include "os-read.h"
#include "os-root.h"
#include "os-rtc.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>

#define NSEC_PER_SEC ((gint64)1000000000)
#define SECONDS_MAX  (G_MAXINT64 / NSEC_PER_SEC - 1) /* in the year 2262 */
#define TICK_MAX     1500 /* milliseconds until a clock that tells its ticks must have */
#define DRIVER_MAX   256u /* bytes of a driver's name */

gboolean os_clock_set(gint64 nanoseconds, GError **error)
{
    const gint64 seconds = nanoseconds / NSEC_PER_SEC;
    const struct timespec time = {
        .tv_sec = (time_t)seconds,
        .tv_nsec = (long)(nanoseconds % NSEC_PER_SEC),
    };

    if (time.tv_sec != seconds) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                            "the clock cannot hold this time");
        return FALSE;
    }
    if (clock_settime(CLOCK_REALTIME, &time) == -1)
        return os_error(error, "Failed to set time to guest");
    return TRUE;
}

/* A hardware clock that is open. */
typedef struct {
    OsFd fd;
    dev_t device;
    char *path;
} Rtc;

static void rtc_clear(Rtc *rtc)
{
    os_fd_close(rtc->fd);
    g_free(rtc->path);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Rtc, rtc_clear)

static gboolean check_kind(Rtc *rtc, GError **error)
{
    struct stat info;

    if (fstat(rtc->fd, &info) == -1)
        return os_error(error, "failed to look at '%s'", rtc->path);
    if (!S_ISCHR(info.st_mode))
        return os_error_code(error, ENOTTY, "'%s' is no clock", rtc->path);
    rtc->device = info.st_rdev;
    return TRUE;
}

/* The first there is.  O_NONBLOCK: what stands in its place must not make us wait. */
static gboolean open_rtc(Rtc *rtc, GError **error)
{
    static const char *const paths[] = {"/dev/rtc0", "/dev/rtc", "/dev/misc/rtc"};

    for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_free(rtc->path);
        rtc->path = os_root(paths[i]);
        rtc->fd = open(rtc->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        if (rtc->fd != -1)
            return check_kind(rtc, error);
        if (errno != ENOENT && errno != ENXIO && errno != ENODEV)
            return os_error(error, "failed to open '%s'", rtc->path);
    }
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                        "this system has no hardware clock");
    return FALSE;
}

/* Microseconds from the time that is written to the first tick: the clock of a PC, QEMU's too,
 * begins in the middle of a second. */
static gint64 first_tick(const Rtc *rtc)
{
    g_autofree char *file =
        g_strdup_printf("/sys/dev/char/%u:%u/name", major(rtc->device), minor(rtc->device));
    g_autofree char *path = os_root(file);
    g_autofree char *driver = os_read(path, DRIVER_MAX, NULL, NULL);

    return driver && g_str_has_prefix(driver, "rtc_cmos") ? G_USEC_PER_SEC / 2 : 0;
}

/* Waits until so much of a second has passed, and tells which. */
static gint64 await_fraction(gint64 microseconds)
{
    gint64 past = g_get_real_time() % G_USEC_PER_SEC;

    g_usleep((gulong)((microseconds - past + G_USEC_PER_SEC) % G_USEC_PER_SEC));
    return g_get_real_time() / G_USEC_PER_SEC;
}

gboolean os_clock_save(GError **error)
{
    g_auto(Rtc) rtc = {.fd = -1};
    g_autoptr(GTimeZone) zone = os_rtc_zone();
    struct rtc_time shown;

    if (!open_rtc(&rtc, error))
        return FALSE;
    if (!os_rtc_from_unix(await_fraction(first_tick(&rtc)), zone, &shown))
        return os_error_code(error, EOVERFLOW, "failed to set '%s'", rtc.path);
    if (ioctl(rtc.fd, RTC_SET_TIME, &shown) == -1)
        return os_error(error, "failed to set '%s'", rtc.path);
    return TRUE;
}

/* FALSE if this clock does not tell. */
static gboolean await_tick(const Rtc *rtc)
{
    struct pollfd wait = {.fd = rtc->fd, .events = POLLIN};
    gboolean ticked;

    if (ioctl(rtc->fd, RTC_UIE_ON, 0) == -1)
        return FALSE;
    ticked = poll(&wait, 1, TICK_MAX) == 1;
    ioctl(rtc->fd, RTC_UIE_OFF, 0);
    return ticked;
}

gboolean os_clock_load(GError **error)
{
    g_auto(Rtc) rtc = {.fd = -1};
    g_autoptr(GTimeZone) zone = os_rtc_zone();
    struct rtc_time shown;
    gint64 seconds, rest;

    if (!open_rtc(&rtc, error))
        return FALSE;
    rest = await_tick(&rtc) ? 0 : NSEC_PER_SEC / 2;
    if (ioctl(rtc.fd, RTC_RD_TIME, &shown) == -1)
        return os_error(error, "failed to read '%s'", rtc.path);
    if (!os_rtc_to_unix(&shown, zone, &seconds) || seconds < 0 || seconds > SECONDS_MAX)
        return os_error_code(error, ERANGE, "failed to make sense of '%s'", rtc.path);
    return os_clock_set(seconds * NSEC_PER_SEC + rest, error);
}
