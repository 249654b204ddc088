/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * A page of facts for a person: labels on the left, values on the right, 80 columns.
 *
 *   Kernel     6.1.0-18-amd64, x86_64
 *   Network    lo    127.0.0.1/8
 */
typedef struct {
    GString *text;
    gboolean styled; /* labels are dim, warnings stand out */
} Card;

void card_init(Card *card, gboolean styled);
void card_clear(Card *card);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Card, card_clear)

/* A line.  @value may hold anything of the guest's: it is escaped, folded at 80 columns, and cut
 * when it is absurdly long.  @label "" goes on below the last line. */
void card_line(Card *card, const char *label, const char *value);
void card_printf(Card *card, const char *label, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* The same for something that is wrong. */
void card_warning(Card *card, const char *label, const char *value);

/* Words separated by ", ", on as many lines as they need. */
void card_words(Card *card, const char *label, const GPtrArray *words);
