/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "document.h"

/*
 * The tokens of one document as they come in, checked against the grammar one by one.
 *
 * Functions that take a token return NULL, or what is wrong with it: a whole error text.
 */
typedef struct {
    VaToken *tokens;
    guint32 n_tokens;
    guint32 capacity;
    guint32 n_seen; /* tokens in the sense of VA_WIRE_TOKENS_MAX, commas and colons too */
    guint32 depth;  /* containers open */
    guint32 open;   /* the innermost of them; its `next` is the one around it until it closes */
    guint8 want;    /* what may come next, see tape.c */
} VaTape;

/* Forgets all tokens; a tape that was zeroed needs this once before use. */
void va_tape_begin(VaTape *tape);
/* Gives memory back, all but a little if @keep. */
void va_tape_release(VaTape *tape, gboolean keep);

/* One of { } [ ] , : at offset @at of the document's @text. */
const char *va_tape_mark(VaTape *tape, const char *text, guint32 at);

/* A number, or null, false or true. */
const char *va_tape_scalar(VaTape *tape, VaJsonKind kind, guint32 start, guint32 length);

/* A string is asked for at its opening quote, and put in when it is complete. */
const char *va_tape_may_begin_string(VaTape *tape);
void va_tape_string(VaTape *tape, guint32 start, guint32 length);

/* TRUE once the tokens are one whole value. */
static inline gboolean va_tape_is_complete(const VaTape *tape)
{
    return tape->n_tokens > 0 && tape->depth == 0;
}
