/* SPDX-License-Identifier: Apache-2.0 */
#include "console.h"

#include "escape.h"
#include "failure.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

gboolean console_is_terminal(Console console)
{
    return g_log_writer_supports_color(console);
}

gboolean console_is_capable(Console console)
{
    return console_is_terminal(console) && g_strcmp0(g_getenv("TERM"), "dumb") != 0;
}

gboolean console_has_style(Console console)
{
    const char *no_color = g_getenv("NO_COLOR");
    return console_is_capable(console) && (!no_color || !*no_color);
}

static FILE *stream_of(Console console)
{
    return console == CONSOLE_OUT ? stdout : stderr;
}

static gboolean write_failed(Console console, GError **error)
{
    return failure_set(error, errno == EPIPE ? FAILURE_UNREAD : FAILURE_LOCAL,
                       "cannot write to standard %s: %s",
                       console == CONSOLE_OUT ? "output" : "error", g_strerror(errno));
}

gboolean console_write(Console console, const void *data, gsize size, GError **error)
{
    if (size > 0 && fwrite(data, 1, size, stream_of(console)) != size)
        return write_failed(console, error);
    return TRUE;
}

gboolean console_puts(Console console, const char *text, GError **error)
{
    if (!console_write(console, text, strlen(text), error))
        return FALSE;
    return fflush(stream_of(console)) == 0 || write_failed(console, error);
}

void console_guest_init(ConsoleGuest *guest, Console console, gboolean raw)
{
    guest->console = console;
    guest->escaped = !raw && console_is_terminal(console);
    guest->rest = g_string_new(NULL);
}

void console_guest_clear(ConsoleGuest *guest)
{
    if (guest->rest)
        g_string_free(guest->rest, TRUE);
    guest->rest = NULL;
}

static gboolean write_escaped(ConsoleGuest *guest, gboolean last, GError **error)
{
    g_autoptr(GString) shown = g_string_sized_new(guest->rest->len);
    gsize used = escape_append(shown, guest->rest->str, guest->rest->len, ESCAPE_TEXT, last);
    g_string_erase(guest->rest, 0, (gssize)used);
    return console_write(guest->console, shown->str, shown->len, error);
}

gboolean console_guest_write(ConsoleGuest *guest, const void *data, gsize size, GError **error)
{
    if (!guest->escaped)
        return console_write(guest->console, data, size, error);
    g_string_append_len(guest->rest, data, (gssize)size);
    return write_escaped(guest, FALSE, error);
}

gboolean console_guest_finish(ConsoleGuest *guest, GError **error)
{
    if (!write_escaped(guest, TRUE, error))
        return FALSE;
    return fflush(stream_of(guest->console)) == 0 || write_failed(guest->console, error);
}
