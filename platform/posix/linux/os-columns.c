/* SPDX-License-Identifier: Apache-2.0 */
#include "os-columns.h"

#include <string.h>

gboolean os_columns_line(const char **text, OsColumns *line)
{
    if (**text == '\0')
        return FALSE;
    line->at = *text;
    line->end = strchrnul(*text, '\n');
    *text = line->end + (*line->end == '\n');
    return TRUE;
}

static gboolean is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static OsColumns next_word(const OsColumns *line)
{
    OsColumns word = {line->at, line->at};
    while (word.at < line->end && is_blank(*word.at))
        word.at++;
    word.end = word.at;
    while (word.end < line->end && !is_blank(*word.end))
        word.end++;
    return word;
}

char *os_columns_word(OsColumns *line)
{
    OsColumns word = next_word(line);
    if (word.at == word.end)
        return NULL;
    line->at = word.end;
    return g_utf8_make_valid(word.at, word.end - word.at);
}

gboolean os_columns_number(OsColumns *line, guint base, guint64 max, guint64 *number)
{
    OsColumns word = next_word(line);
    guint64 sum = 0;

    if (word.at == word.end)
        return FALSE;
    for (const char *c = word.at; c < word.end; c++) {
        int digit = g_ascii_xdigit_value(*c);
        if (digit < 0 || (guint)digit >= base || __builtin_mul_overflow(sum, base, &sum) ||
            __builtin_add_overflow(sum, (guint)digit, &sum) || sum > max)
            return FALSE;
    }
    line->at = word.end;
    *number = sum;
    return TRUE;
}

gboolean os_columns_numbers(OsColumns *line, guint64 *numbers, guint n, guint *got)
{
    OsColumns rest;
    guint i = 0;

    while (i < n && os_columns_number(line, 10, G_MAXUINT64, &numbers[i]))
        i++;
    rest = next_word(line);
    *got = i;
    return i == n || rest.at == rest.end;
}
