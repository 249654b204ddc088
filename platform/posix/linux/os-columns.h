/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* Tables of /proc: lines of words with blanks between them.  What cannot be read is left where it
 * is, and FALSE or NULL comes back. */

typedef struct {
    const char *at, *end;
} OsColumns;

/* Takes the next line off *text, without its newline; FALSE at the end. */
gboolean os_columns_line(const char **text, OsColumns *line);

/* Takes the next word, made valid UTF-8; NULL if the line is at its end.  The caller frees it. */
char *os_columns_word(OsColumns *line);

/* Takes the next word if it is a number: digits of @base, nothing else, at most @max. */
gboolean os_columns_number(OsColumns *line, guint base, guint64 max, guint64 *number);

/* Takes at most @n decimal numbers; *got is how many there were.  FALSE if something else than the
 * end of the line comes before there are @n. */
gboolean os_columns_numbers(OsColumns *line, guint64 *numbers, guint n, guint *got);
