/* SPDX-License-Identifier: Apache-2.0 */
#include "progress.h"

#include "console.h"
#include "escape.h"

#include <stdio.h>
#include <string.h>

#define NAME_WIDTH       18
#define BAR_WIDTH        12
#define LINE_WIDTH       79
#define DRAW_INTERVAL    (G_USEC_PER_SEC / 10)
#define QUIET_TIME       (G_USEC_PER_SEC / 4) /* a short copy shows nothing */
#define LONGEST_FORECAST (100 * 3600)         /* seconds */

char *progress_size(double bytes)
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    gsize unit = 0;

    if (bytes < 1024)
        return g_strdup_printf("%.0f B", bytes);
    for (bytes /= 1024; bytes >= 1023.95 && unit + 1 < G_N_ELEMENTS(units); unit++)
        bytes /= 1024;
    return g_strdup_printf("%.1f %s", bytes, units[unit]);
}

static void put_bar(GString *out, double part)
{
    char bar[BAR_WIDTH + 1];
    gsize filled = (gsize)(part * BAR_WIDTH);
    memset(bar, ' ', BAR_WIDTH);
    memset(bar, '=', filled);
    if (filled < BAR_WIDTH)
        bar[filled] = '>';
    bar[BAR_WIDTH] = '\0';
    g_string_append_printf(out, " %3d%% [%s]", (int)(part * 100), bar);
}

static void put_forecast(GString *out, double seconds)
{
    if (seconds >= LONGEST_FORECAST)
        return;
    int left = (int)(seconds + 0.5);
    if (left >= 3600)
        g_string_append_printf(out, "  %d:%02d:%02d left", left / 3600, left / 60 % 60, left % 60);
    else
        g_string_append_printf(out, "  %d:%02d left", left / 60, left % 60);
}

static void put_rate(GString *out, gint64 done, gint64 total, double seconds)
{
    if (seconds <= 0 || done <= 0)
        return;
    double rate = (double)done / seconds;
    g_autofree char *speed = progress_size(rate);
    g_string_append_printf(out, "  %10s/s", speed);
    if (total >= done)
        put_forecast(out, (double)(total - done) / rate);
}

/* The end of a name says more than its beginning. */
static void put_name(GString *out, const char *name)
{
    g_autofree char *shown = escape_line(name, strlen(name));
    glong length = g_utf8_strlen(shown, -1);
    if (length > NAME_WIDTH)
        g_string_append_printf(out, "...%s",
                               g_utf8_offset_to_pointer(shown, length - NAME_WIDTH + 3));
    else
        g_string_append_printf(out, "%s%*s", shown, (int)(NAME_WIDTH - length), "");
}

char *progress_text(const char *name, gint64 done, gint64 total, double seconds)
{
    GString *out = g_string_new(NULL);
    g_autofree char *size = progress_size((double)done);

    put_name(out, name);
    if (total > 0 && total >= done)
        put_bar(out, (double)done / (double)total);
    g_string_append_printf(out, " %10s", size);
    put_rate(out, done, total, seconds);
    return g_string_free(out, FALSE);
}

void progress_start(Progress *progress, const char *name, gint64 total)
{
    *progress = (Progress){
        .name = name,
        .total = total,
        .start = g_get_monotonic_time(),
        .shown = console_is_terminal(CONSOLE_ERROR),
    };
}

static void draw(const char *text)
{
    int blanks = LINE_WIDTH - (int)g_utf8_strlen(text, -1);
    fprintf(stderr, "\r%s%*s", text, MAX(blanks, 0), "");
    fflush(stderr);
}

void progress_update(Progress *progress, gint64 done)
{
    gint64 now = g_get_monotonic_time();
    if (!progress->shown || now - progress->start < QUIET_TIME ||
        now - progress->drawn < DRAW_INTERVAL)
        return;
    g_autofree char *text = progress_text(progress->name, done, progress->total,
                                          (double)(now - progress->start) / G_USEC_PER_SEC);
    draw(text);
    progress->drawn = now;
}

void progress_end(Progress *progress)
{
    if (progress->drawn)
        draw("");
    if (progress->drawn)
        fputc('\r', stderr);
    progress->drawn = 0;
}
