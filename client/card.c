/* SPDX-License-Identifier: Apache-2.0 */
#include "card.h"

#include "escape.h"

#include <string.h>

#define LABEL_WIDTH 11
#define VALUE_WIDTH (79 - 2 - LABEL_WIDTH)
#define VALUE_LINES 4   /* of one value: a full domain name has 253 characters */
#define VALUE_MAX   500 /* bytes that are looked at */

#define DIM    "\033[2m"
#define STRONG "\033[1;33m"
#define PLAIN  "\033[0m"

void card_init(Card *card, gboolean styled)
{
    card->text = g_string_new(NULL);
    card->styled = styled;
}

void card_clear(Card *card)
{
    if (card->text)
        g_string_free(card->text, TRUE);
    card->text = NULL;
}

static void put_styled(Card *card, const char *style, const char *text)
{
    if (card->styled && *style && *text)
        g_string_append_printf(card->text, "%s%s" PLAIN, style, text);
    else
        g_string_append(card->text, text);
}

static char *shown(const char *value)
{
    gsize length = strlen(value);
    g_autofree char *escaped = escape_line(value, MIN(length, VALUE_MAX));
    return g_strconcat(escaped, length > VALUE_MAX ? "..." : NULL, NULL);
}

/* Bytes of @text for a line: all, or up to a blank that leaves the line not too short. */
static gsize fitting(const char *text)
{
    const char *at = text, *blank = NULL;
    int columns = 0;

    for (; *at; at = g_utf8_next_char(at)) {
        columns += escape_width(g_utf8_get_char(at));
        if (*at == ' ' && columns > VALUE_WIDTH / 2)
            blank = at;
        if (columns > VALUE_WIDTH)
            return (gsize)((blank ? blank : at) - text);
    }
    return (gsize)(at - text);
}

static void put_line(Card *card, const char *label, const char *style, const char *text)
{
    g_string_append(card->text, "  ");
    put_styled(card, DIM, label);
    g_string_append_printf(card->text, "%*s", LABEL_WIDTH - (int)strlen(label), "");
    put_styled(card, style, text);
    g_string_append_c(card->text, '\n');
}

static void put_value(Card *card, const char *label, const char *style, const char *value)
{
    g_autofree char *text = shown(value);
    const char *rest = text;

    for (int line = 1; line == 1 || *rest; line++) {
        gsize size = fitting(rest);
        gboolean cut = line == VALUE_LINES && rest[size];
        g_autofree char *part = g_strdup_printf("%.*s%s", (int)size, rest, cut ? "..." : "");
        put_line(card, line == 1 ? label : "", style, part);
        if (cut)
            return;
        rest += size;
        rest += *rest == ' ';
    }
}

void card_line(Card *card, const char *label, const char *value)
{
    put_value(card, label, "", value);
}

void card_printf(Card *card, const char *label, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *value = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    card_line(card, label, value);
}

void card_warning(Card *card, const char *label, const char *value)
{
    put_value(card, label, STRONG, value);
}

void card_words(Card *card, const char *label, const GPtrArray *words)
{
    g_autoptr(GString) line = g_string_new(NULL);

    for (guint i = 0; i < words->len; i++) {
        const char *word = g_ptr_array_index(words, i);
        if (line->len > 0 && line->len + strlen(word) > VALUE_WIDTH - 1) {
            card_line(card, label, line->str);
            g_string_truncate(line, 0);
            label = "";
        }
        g_string_append_printf(line, "%s%s", word, i + 1 < words->len ? ", " : "");
    }
    if (line->len > 0)
        card_line(card, label, line->str);
}
