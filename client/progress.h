/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* How far a copy has got, on one line of standard error if that is a terminal. */
typedef struct {
    const char *name; /* borrowed */
    gint64 total;     /* bytes; -1: not known */
    gint64 start;     /* monotonic time */
    gint64 drawn;     /* when, 0: never */
    gboolean shown;
} Progress;

/* @name NULL: nothing is to be shown. */
void progress_start(Progress *progress, const char *name, gint64 total);
void progress_update(Progress *progress, gint64 done);
/* Takes the line away, and the ^C that a terminal adds to it. */
void progress_end(Progress *progress);

/* The line: "NAME  42% [====>     ]  12.3 MiB  105 MiB/s  0:05 left".  A file can outgrow @total
 * (or a guest lie about it): then there is no percentage. */
char *progress_text(const char *name, gint64 done, gint64 total, double seconds);

/* "512 B", "1.0 KiB", "12.3 MiB". */
char *progress_size(double bytes);
