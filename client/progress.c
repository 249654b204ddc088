/* SPDX-License-Identifier: Apache-2.0 */
#include "progress.h"

#include "console.h"
#include "escape.h"
#include "interrupt.h"

#include <stdio.h>
#include <string.h>

#define NAME_WIDTH       18
#define BAR_WIDTH        12
#define DRAW_INTERVAL    (G_USEC_PER_SEC / 10)
#define QUIET_TIME       (G_USEC_PER_SEC / 4) /* a short copy shows nothing */
#define LONGEST_FORECAST (100 * 3600)         /* seconds */
#define ERASE            "\033[K"             /* from the cursor to the end of the line */

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
    const char *tail = shown;
    int columns = escape_columns(shown), cut = columns > NAME_WIDTH ? 3 : 0;

    for (; columns > NAME_WIDTH - cut; tail = g_utf8_next_char(tail))
        columns -= escape_width(g_utf8_get_char(tail));
    g_string_append_printf(out, "%.*s%s%*s", cut, "...", tail, NAME_WIDTH - cut - columns, "");
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
        .shown = name && console_is_capable(CONSOLE_ERROR),
    };
}

/* The cursor stays behind the text: a ^C fits there and does not begin a new line. */
static void draw(const char *text)
{
    fprintf(stderr, "\r%s" ERASE, text);
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
    if (progress->drawn || (progress->shown && interrupt_signal() != 0))
        draw("");
    progress->drawn = 0;
}
