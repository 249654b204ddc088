/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* Standard output and standard error. */
typedef enum { CONSOLE_OUT = 1, CONSOLE_ERROR = 2 } Console;

gboolean console_is_terminal(Console console);

/* A terminal that knows control sequences (ECMA-48), as far as TERM tells. */
gboolean console_is_capable(Console console);

/* One that wants bold and colour too: https://no-color.org. */
gboolean console_has_style(Console console);

/* Writes bytes as they are. */
gboolean console_write(Console console, const void *data, gsize size, GError **error);
gboolean console_puts(Console console, const char *text, GError **error);

/* The guest's bytes on their way to a console: as they are, or made harmless for a terminal. */
typedef struct {
    Console console;
    gboolean escaped;
    GString *rest; /* the beginning of a character whose end has not come yet */
} ConsoleGuest;

void console_guest_init(ConsoleGuest *guest, Console console, gboolean raw);
void console_guest_clear(ConsoleGuest *guest);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ConsoleGuest, console_guest_clear)

gboolean console_guest_write(ConsoleGuest *guest, const void *data, gsize size, GError **error);

/* Writes what is left over and flushes. */
gboolean console_guest_finish(ConsoleGuest *guest, GError **error);
