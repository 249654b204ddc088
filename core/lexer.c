/* SPDX-License-Identifier: Apache-2.0 */
#include "lexer.h"
#include "error.h"
#include "json-string.h"
#include "json-text.h"
#include "utf8.h"
#include "wire.h"
#include <string.h>

enum {
    BETWEEN,
    STRING,
    KEYWORD,
    MINUS, /* from here on: numbers, named by what has been read last */
    ZERO,
    DIGIT,
    POINT,
    DECIMAL,
    EXPONENT,
    EXPONENT_SIGN,
    EXPONENT_DIGIT,
};

void va_lexer_begin(VaLexer *lexer)
{
    va_tape_begin(&lexer->tape);
    lexer->at = 0;
    lexer->state = BETWEEN;
    lexer->quote = 0;
    lexer->escaping = FALSE;
}

/* A byte that cannot go on with the token before it, or begin one. */
static gboolean stray(const VaLexer *lexer, const char *text, GError **error)
{
    guint32 token = lexer->state == BETWEEN ? lexer->at : lexer->token;
    g_autofree char *shown = va_json_shown(text + token, lexer->at + 1 - token);
    return va_fail(error, "JSON parse error, stray '%s'", shown);
}

static gboolean accepted(const char *problem, GError **error)
{
    return !problem || va_fail(error, "%s", problem);
}

static gboolean begin_string(VaLexer *lexer, char quote, GError **error)
{
    if (!accepted(va_tape_may_begin_string(&lexer->tape), error))
        return FALSE;
    lexer->state = STRING;
    lexer->quote = quote;
    lexer->token = lexer->at++;
    lexer->bits = 0;
    lexer->has_escapes = FALSE;
    return TRUE;
}

/* At the closing quote, which makes room for the NUL. */
static gboolean end_string(VaLexer *lexer, char *text, GError **error)
{
    guint32 start = lexer->token + 1;
    gsize length = lexer->at++ - start;

    lexer->state = BETWEEN;
    lexer->quote = 0;
    if (lexer->has_escapes && !va_json_string_unescape(text + start, &length, error))
        return FALSE;
    if ((lexer->bits & 0x80) && !va_utf8_is_valid(text + start, length))
        return va_fail(error, "JSON parse error, invalid UTF-8 sequence in string");
    text[start + length] = '\0';
    va_tape_string(&lexer->tape, start, (guint32)length);
    return TRUE;
}

static gboolean go_on_string(VaLexer *lexer, char *text, gsize length, GError **error)
{
    guint8 byte = (guint8)text[lexer->at];

    if (byte < 0x20 || byte >= 0xFE)
        return stray(lexer, text, error);
    if (!lexer->escaping && text[lexer->at] == lexer->quote)
        return end_string(lexer, text, error);
    if (lexer->escaping || byte == '\\') {
        lexer->escaping = !lexer->escaping;
        lexer->has_escapes = TRUE;
        lexer->bits |= byte;
        lexer->at++;
    } else {
        lexer->at += (guint32)va_json_string_scan(text + lexer->at, length - lexer->at,
                                                  lexer->quote, &lexer->bits);
    }
    return TRUE;
}

static gboolean end_keyword(VaLexer *lexer, const char *text, GError **error)
{
    static const struct {
        const char *name;
        VaJsonKind kind;
    } keywords[] = {
        {"null", VA_JSON_NULL},
        {"false", VA_JSON_FALSE},
        {"true", VA_JSON_TRUE},
    };
    const char *word = text + lexer->token;
    guint32 length = lexer->at - lexer->token;

    lexer->state = BETWEEN;
    for (guint i = 0; i < G_N_ELEMENTS(keywords); i++) {
        if (strlen(keywords[i].name) == length && memcmp(keywords[i].name, word, length) == 0)
            return accepted(va_tape_scalar(&lexer->tape, keywords[i].kind, lexer->token, length),
                            error);
    }
    g_autofree char *shown = va_json_shown(word, length);
    return va_fail(error, "JSON parse error, invalid keyword '%s'", shown);
}

static gboolean go_on_keyword(VaLexer *lexer, const char *text, GError **error)
{
    if (!g_ascii_islower(text[lexer->at]))
        return end_keyword(lexer, text, error);
    lexer->at++;
    return TRUE;
}

/* RFC 8259, section 6, as a machine; BETWEEN is "does not go on". */
static guint8 after_number_byte(guint8 state, char byte)
{
    static const struct {
        guint8 zero, digit, point, e, sign;
    } next[] = {
        [MINUS] = {.zero = ZERO, .digit = DIGIT},
        [ZERO] = {.point = POINT, .e = EXPONENT},
        [DIGIT] = {.zero = DIGIT, .digit = DIGIT, .point = POINT, .e = EXPONENT},
        [POINT] = {.zero = DECIMAL, .digit = DECIMAL},
        [DECIMAL] = {.zero = DECIMAL, .digit = DECIMAL, .e = EXPONENT},
        [EXPONENT] = {.zero = EXPONENT_DIGIT, .digit = EXPONENT_DIGIT, .sign = EXPONENT_SIGN},
        [EXPONENT_SIGN] = {.zero = EXPONENT_DIGIT, .digit = EXPONENT_DIGIT},
        [EXPONENT_DIGIT] = {.zero = EXPONENT_DIGIT, .digit = EXPONENT_DIGIT},
    };

    if (byte == '0')
        return next[state].zero;
    if (g_ascii_isdigit(byte))
        return next[state].digit;
    if (byte == '.')
        return next[state].point;
    if (byte == 'e' || byte == 'E')
        return next[state].e;
    return byte == '+' || byte == '-' ? next[state].sign : BETWEEN;
}

/* The byte after a number is there, and is none of a number's: strtod stops at it. */
static gboolean end_fraction(VaLexer *lexer, const char *text, GError **error)
{
    guint32 length = lexer->at - lexer->token;

    if (!va_json_is_finite(g_ascii_strtod(text + lexer->token, NULL))) {
        g_autofree char *shown = va_json_shown(text + lexer->token, length);
        return va_fail(error, "JSON parse error, number '%s' is out of range", shown);
    }
    return accepted(va_tape_scalar(&lexer->tape, VA_JSON_FRACTION, lexer->token, length), error);
}

static gboolean end_number(VaLexer *lexer, const char *text, GError **error)
{
    guint8 last = lexer->state;
    gboolean leading_zero = last == ZERO && g_ascii_isdigit(text[lexer->at]);

    if (leading_zero || last == MINUS || last == POINT || last == EXPONENT || last == EXPONENT_SIGN)
        return stray(lexer, text, error);
    lexer->state = BETWEEN;
    if (last == DECIMAL || last == EXPONENT_DIGIT)
        return end_fraction(lexer, text, error);
    return accepted(
        va_tape_scalar(&lexer->tape, VA_JSON_INTEGER, lexer->token, lexer->at - lexer->token),
        error);
}

static gboolean go_on_number(VaLexer *lexer, const char *text, GError **error)
{
    guint8 next = after_number_byte(lexer->state, text[lexer->at]);

    if (next == BETWEEN)
        return end_number(lexer, text, error);
    lexer->state = next;
    lexer->at++;
    return TRUE;
}

static gboolean begin_token(VaLexer *lexer, const char *text, GError **error)
{
    char byte = text[lexer->at];

    switch (byte) {
    case ' ':
    case '\t':
    case '\n':
    case '\r':
        lexer->at++;
        return TRUE;
    case '{':
    case '}':
    case '[':
    case ']':
    case ',':
    case ':':
        if (!accepted(va_tape_mark(&lexer->tape, text, lexer->at), error))
            return FALSE;
        lexer->at++;
        return TRUE;
    case '"':
    case '\'':
        return begin_string(lexer, byte, error);
    default:
        break;
    }
    if (byte == '-' || g_ascii_isdigit(byte))
        lexer->state = byte == '-' ? MINUS : byte == '0' ? ZERO : DIGIT;
    else if (g_ascii_islower(byte))
        lexer->state = KEYWORD;
    else
        return stray(lexer, text, error);
    lexer->token = lexer->at++;
    return TRUE;
}

/* A scan may have gone on far beyond a limit: it is still the first to be noticed. */
static gboolean step(VaLexer *lexer, char *text, gsize length, GError **error)
{
    gboolean long_token =
        lexer->state != BETWEEN && lexer->at - lexer->token > VA_WIRE_TEXT_MAX + 1;

    if (long_token || lexer->at >= VA_WIRE_DOCUMENT_MAX)
        return va_fail(error, "JSON token size limit exceeded");
    switch (lexer->state) {
    case BETWEEN:
        return begin_token(lexer, text, error);
    case STRING:
        return go_on_string(lexer, text, length, error);
    case KEYWORD:
        return go_on_keyword(lexer, text, error);
    default:
        return go_on_number(lexer, text, error);
    }
}

VaLexerResult va_lexer_run(VaLexer *lexer, char *text, gsize length, GError **error)
{
    while (lexer->at < length) {
        if ((guint8)text[lexer->at] == 0xFF)
            return VA_LEXER_RESET;
        if (!step(lexer, text, length, error))
            return VA_LEXER_BROKEN;
        if (va_tape_is_complete(&lexer->tape))
            return VA_LEXER_DONE;
    }
    return VA_LEXER_MORE;
}
