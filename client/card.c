/* SPDX-License-Identifier: Apache-2.0 */
#include "card.h"

#include "escape.h"

#include <string.h>

#define LABEL_WIDTH 11
#define WORDS_WIDTH (79 - 2 - LABEL_WIDTH)
#define VALUE_MAX   500 /* bytes */

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

static void put_line(Card *card, const char *label, const char *style, const char *value)
{
    g_autofree char *text = shown(value);
    g_string_append(card->text, "  ");
    put_styled(card, DIM, label);
    g_string_append_printf(card->text, "%*s", LABEL_WIDTH - (int)strlen(label), "");
    put_styled(card, style, text);
    g_string_append_c(card->text, '\n');
}

void card_line(Card *card, const char *label, const char *value)
{
    put_line(card, label, "", value);
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
    put_line(card, label, STRONG, value);
}

void card_words(Card *card, const char *label, const GPtrArray *words)
{
    g_autoptr(GString) line = g_string_new(NULL);

    for (guint i = 0; i < words->len; i++) {
        const char *word = g_ptr_array_index(words, i);
        if (line->len > 0 && line->len + strlen(word) > WORDS_WIDTH - 1) {
            card_line(card, label, line->str);
            g_string_truncate(line, 0);
            label = "";
        }
        g_string_append_printf(line, "%s%s", word, i + 1 < words->len ? ", " : "");
    }
    if (line->len > 0)
        card_line(card, label, line->str);
}
