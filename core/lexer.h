/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "tape.h"

/*
 * Bytes to tokens, for one document: it begins where the text begins, and may arrive in any pieces.
 * Everything is kept as offsets, so the text may move between two calls.
 */
typedef struct {
    VaTape tape;
    guint32 at;           /* the next byte to look at */
    guint32 token;        /* where the unfinished token begins */
    guint8 state;         /* see lexer.c */
    guint8 bits;          /* of all bytes of the unfinished string, or-ed */
    char quote;           /* of the unfinished string; 0 outside strings */
    gboolean escaping;    /* the last byte was a backslash that escapes the next */
    gboolean has_escapes; /* the unfinished string has such */
} VaLexer;

typedef enum {
    VA_LEXER_MORE,   /* all @length bytes have been used */
    VA_LEXER_DONE,   /* a whole document; it ends before ->at */
    VA_LEXER_BROKEN, /* *error is set; ->at is the byte that does not fit */
    VA_LEXER_RESET,  /* ->at is the byte 0xFF */
} VaLexerResult;

void va_lexer_begin(VaLexer *lexer);

VaLexerResult va_lexer_run(VaLexer *lexer, char *text, gsize length, GError **error);
