/* SPDX-License-Identifier: Apache-2.0 */

/* What became of a helper program, in words: the same whatever back end ran it. */

#include "os-run.h"

#include <string.h>

/* Of its output, so many of the last bytes are told. */
#define SHOWN_MAX 512u

void os_run_result_clear(OsRunResult *result)
{
    g_clear_pointer(&result->output, g_free);
}

gboolean os_run_succeeded(const OsRunResult *result)
{
    return !result->timed_out && !result->end.signaled && result->end.value == 0;
}

static char *describe_end(const OsRun *run, const OsRunResult *result)
{
    if (result->timed_out && run->time_limit % 1000)
        return g_strdup_printf("no end within %u ms", run->time_limit);
    if (result->timed_out)
        return g_strdup_printf("no end within %u s", run->time_limit / 1000);
    return g_strdup_printf("%s %" G_GINT64_FORMAT, result->end.signaled ? "signal" : "exit status",
                           result->end.value);
}

/* The end of @output that is told, from the beginning of a character. */
static const char *last_bytes(const char *output)
{
    gsize size = strlen(output);
    const char *from = size > SHOWN_MAX ? output + size - SHOWN_MAX : output;

    while (from != output && (*from & 0xc0) == 0x80)
        from++;
    return from;
}

static void append_clean(GString *out, const char *line)
{
    g_autofree char *valid = g_utf8_make_valid(line, -1);

    for (const char *in = valid; *in; in = g_utf8_next_char(in)) {
        gunichar c = g_utf8_get_char(in);
        g_string_append_unichar(out, c == '\t' ? ' ' : g_unichar_isprint(c) ? c : '?');
    }
}

/* Lines become sentences: "one; two". */
static void append_output(GString *out, const char *output)
{
    const char *from = last_bytes(output);
    g_auto(GStrv) lines = g_strsplit_set(from, "\r\n", -1);
    const char *between = from == output ? ": " : ": ...";

    for (guint i = 0; lines[i]; i++) {
        const char *line = g_strstrip(lines[i]);
        if (!*line)
            continue;
        g_string_append(out, between);
        append_clean(out, line);
        between = "; ";
    }
}

char *os_run_describe(const OsRun *run, const OsRunResult *result)
{
    g_autofree char *end = describe_end(run, result);
    g_autoptr(GString) out = g_string_new(end);

    append_output(out, result->output);
    return g_string_free(g_steal_pointer(&out), FALSE);
}
