/* SPDX-License-Identifier: Apache-2.0 */
#include "skip.h"
#include "json-string.h"

static VaLine line_after(VaLine line, char byte)
{
    if (byte == '\n')
        return VA_LINE_BEGUN;
    if (byte == '\r' || line == VA_LINE_INSIDE)
        return line;
    return byte == ' ' || byte == '\t' ? VA_LINE_INDENTED : VA_LINE_INSIDE;
}

VaLine va_skip_line(const char *bytes, gsize at)
{
    VaLine line = VA_LINE_BEGUN;

    while (at > 0 && bytes[at - 1] != '\n') {
        at--;
        line = line_after(line, bytes[at]);
        if (line == VA_LINE_INSIDE)
            return line;
    }
    return at > 0 ? line : VA_LINE_INSIDE;
}

static void skip_in_string(VaSkip *skip, char byte)
{
    if (skip->escaping)
        skip->escaping = FALSE;
    else if (byte == '\\')
        skip->escaping = TRUE;
    else if (byte == skip->quote)
        skip->quote = 0;
}

static void skip_in_brackets(VaSkip *skip, char byte)
{
    if (byte == '{' || byte == '[')
        skip->depth++;
    else if (byte == '}' || byte == ']')
        skip->depth--;
    else if (byte == '"' || byte == '\'')
        skip->quote = byte;
}

/* TRUE if @byte was the last of the broken document. */
static gboolean skip_byte(VaSkip *skip, char byte)
{
    skip->line = line_after(skip->line, byte);
    if (skip->depth == 0)
        return byte == '\n';
    if (skip->quote)
        skip_in_string(skip, byte);
    else
        skip_in_brackets(skip, byte);
    return skip->depth == 0;
}

/* A `{` in the first column begins a new document.  Indented, it may be a line of a broken one that
 * was printed prettily. */
static VaSkipResult at_brace(const VaSkip *skip)
{
    if (skip->depth == 0)
        return VA_SKIP_TRY;
    if (skip->line == VA_LINE_INSIDE)
        return VA_SKIP_MORE;
    return skip->line == VA_LINE_BEGUN ? VA_SKIP_OVER : VA_SKIP_TRY;
}

VaSkipResult va_skip_run(VaSkip *skip, const char *bytes, gsize length, gsize *at)
{
    guint8 bits = 0;

    while (*at < length) {
        char byte = bytes[*at];
        VaSkipResult found = byte == '{' ? at_brace(skip) : VA_SKIP_MORE;
        if ((guint8)byte == 0xFF)
            return VA_SKIP_RESET;
        if (found != VA_SKIP_MORE)
            return found;
        ++*at;
        if (skip_byte(skip, byte))
            return VA_SKIP_OVER;
        if (skip->quote && !skip->escaping && skip->line == VA_LINE_INSIDE)
            *at += va_json_string_scan(bytes + *at, length - *at, skip->quote, &bits);
    }
    return VA_SKIP_MORE;
}
