/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * The way out of a broken document, silently and without memory: docs/protocol.md, "Reader".
 *
 * At depth 0 it is junk, which a line feed ends.  Deeper, the brackets must close first.  Either
 * way a `{` where a request might begin is worth a look.
 */
typedef enum {
    VA_LINE_BEGUN,    /* nothing since the line feed, but maybe a carriage return */
    VA_LINE_INDENTED, /* only blanks since */
    VA_LINE_INSIDE,
} VaLine;

typedef struct {
    guint64 depth;
    VaLine line;
    char quote; /* of the string it stands in; 0 outside strings and at depth 0 */
    gboolean escaping;
} VaSkip;

typedef enum {
    VA_SKIP_MORE,  /* all bytes have been used */
    VA_SKIP_OVER,  /* the next byte has nothing to do with the broken document */
    VA_SKIP_TRY,   /* the next byte is a `{` that may begin a request, or be part of all this */
    VA_SKIP_RESET, /* the next byte is 0xFF */
} VaSkipResult;

/* Goes on at bytes[*at], up to @length. */
VaSkipResult va_skip_run(VaSkip *skip, const char *bytes, gsize length, gsize *at);

/* Where on its line bytes[at] stands, for all that can be seen from there. */
VaLine va_skip_line(const char *bytes, gsize at);
