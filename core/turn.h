/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "command.h"

/*
 * Whose turn it is: commands marked `in-order` (schema/) never overtake each other, whichever
 * sessions they came by.  A strict queue of those who want to go; the first of them goes alone.
 * Main thread only.
 */
typedef struct VaTurn VaTurn;

VaTurn *va_turn_new(void);
void va_turn_free(VaTurn *turn);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VaTurn, va_turn_free)

/* TRUE: it is the turn of @who from now on.  FALSE: @wake is called with @who when it is. */
gboolean va_turn_take(VaTurn *turn, VaWake wake, gpointer who);

/* @who has gone, or does not want to any more; the next one is woken, from within.  Does nothing if
 * @who is neither going nor waiting. */
void va_turn_give(VaTurn *turn, gpointer who);

/* Whoever goes now may never come back: the next one is woken, from within. */
void va_turn_pass(VaTurn *turn);
