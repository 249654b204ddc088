/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * The guest's text for a terminal.  A terminal obeys what it is sent, so only what it would simply
 * show may pass: control characters, ESC, C1, marks that turn the direction of writing or hide
 * characters, and bytes that are not UTF-8 are written as \x1B, \u202E, \U000E0001.
 */
typedef enum {
    ESCAPE_LINE, /* one line: line feeds and tabs are escaped too */
    ESCAPE_TEXT, /* line feeds, tabs and CR LF pass */
} EscapeKind;

/* Appends @length bytes of @text and says how many were used: all of them if @last, else a
 * character cut off at the end waits for its rest. */
gsize escape_append(GString *out, const char *text, gsize length, EscapeKind kind, gboolean last);

/* @text as one line. */
char *escape_line(const char *text, gsize length);

/* Columns that a character, or a text that has been escaped, takes: 0, 1 or 2 each. */
int escape_width(gunichar character);
int escape_columns(const char *text);
