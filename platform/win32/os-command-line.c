/* SPDX-License-Identifier: Apache-2.0 */
#include "os-command-line.h"

#include <gio/gio.h>
#include <string.h>
#include <windows.h>

#include "os-error-alone.h"
#include "os-utf16.h"

/* UTF-16 units with the NUL: MSDN, "CreateProcessW", and "Command prompt line string limitation".
 */
#define COMMAND_LINE_MAX 32767u
#define BATCH_LINE_MAX   8191u

/* A unit is at most three bytes of UTF-8: what is longer is too long. */
#define BYTES_MAX ((gsize)COMMAND_LINE_MAX * 3)

/* What ends an argument or a quotation; without any of it an argument stands for itself. */
#define NEEDS_QUOTES " \t\n\v\""

static wchar_t *finish(const GString *line, gsize units_max, GError **error)
{
    g_autofree wchar_t *wide = os_utf16(line->str, error);

    if (wide && wcslen(wide) >= units_max)
        return os_error_alone_null(error, ERROR_FILENAME_EXCED_RANGE);
    return g_steal_pointer(&wide);
}

static gboolean refuse(GError **error, const char *reason)
{
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, reason);
    return FALSE;
}

static void append_times(GString *line, char c, gsize times)
{
    while (times-- > 0)
        g_string_append_c(line, c);
}

/* MSDN, "Parsing C Command-Line Arguments": backslashes stand for themselves unless a quote comes
 * after them, be it ours; then each counts double, and an odd one takes the quote's meaning away.
 */
static void append_quoted(GString *line, const char *argument)
{
    gsize backslashes = 0;

    g_string_append_c(line, '"');
    for (const char *in = argument; *in; in++) {
        if (*in == '"')
            append_times(line, '\\', backslashes + 1);
        backslashes = *in == '\\' ? backslashes + 1 : 0;
        g_string_append_c(line, *in);
    }
    append_times(line, '\\', backslashes);
    g_string_append_c(line, '"');
}

static void append_argument(GString *line, const char *argument)
{
    g_string_append_c(line, ' ');
    if (*argument && !strpbrk(argument, NEEDS_QUOTES))
        g_string_append(line, argument);
    else
        append_quoted(line, argument);
}

/* The name of the program is parsed by other rules: up to the next quote, without backslashes. */
static gboolean append_program(GString *line, const char *program, GError **error)
{
    if (strchr(program, '"'))
        return os_error_alone(error, ERROR_INVALID_NAME);
    g_string_append_printf(line, strpbrk(program, NEEDS_QUOTES) || !*program ? "\"%s\"" : "%s",
                           program);
    return TRUE;
}

wchar_t *os_command_line(const char *const *argv, GError **error)
{
    g_autoptr(GString) line = g_string_new(NULL);

    if (!append_program(line, argv[0], error))
        return NULL;
    for (guint i = 1; argv[i] && line->len <= BYTES_MAX; i++)
        append_argument(line, argv[i]);
    return finish(line, COMMAND_LINE_MAX, error);
}

/* Quotes keep all else from being read: & | < > ^ ( ) and so on.  Percent signs are looked for
 * inside them, too, and a quote in an argument would end ours; neither can be taken its meaning.
 * A line's end ends the command. */
static gboolean can_be_told(const char *text, GError **error)
{
    if (strpbrk(text, "\"%"))
        return refuse(error, "a batch file cannot be given \" or %");
    for (const char *in = text; *in; in++)
        if ((guchar)*in < ' ' && *in != '\t')
            return refuse(error, "a batch file cannot be given control characters");
    return TRUE;
}

/* What cmd.exe takes for itself, and programs do. */
static gboolean is_plain(const char *argument)
{
    static const char plain[] = "#$*+-./:?@\\_";

    for (const char *in = argument; *in; in++)
        if (!g_ascii_isalnum(*in) && !strchr(plain, *in))
            return FALSE;
    return *argument;
}

/* Backslashes before the closing quote are doubled, not for cmd.exe but for the program to which
 * the batch file hands its %1 or %*. */
static gboolean append_batch_argument(GString *line, const char *argument, GError **error)
{
    if (!can_be_told(argument, error))
        return FALSE;
    g_string_append_c(line, ' ');
    if (is_plain(argument))
        g_string_append(line, argument);
    else
        append_quoted(line, argument);
    return TRUE;
}

/* /d: no AutoRun of the registry; /e:on: known extensions; /v:off: no "!"; /s: exactly the first
 * quote and the last are dropped of what follows /c ("cmd /?"). */
wchar_t *os_command_line_batch(const wchar_t *interpreter, const wchar_t *script,
                               const char *const *argv, GError **error)
{
    g_autofree char *program = os_utf8(interpreter);
    g_autofree char *path = os_utf8(script);
    g_autoptr(GString) line = g_string_new(NULL);

    if (!can_be_told(path, error))
        return NULL;
    g_string_append_printf(line, "\"%s\" /d /e:on /v:off /s /c \"\"%s\"", program, path);
    for (guint i = 1; argv[i] && line->len <= BYTES_MAX; i++)
        if (!append_batch_argument(line, argv[i], error))
            return NULL;
    g_string_append_c(line, '"');
    return finish(line, BATCH_LINE_MAX, error);
}
