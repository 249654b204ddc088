/* SPDX-License-Identifier: Apache-2.0 */
#include "tape.h"
#include "wire.h"
#include <string.h>

#define TAPE_KEEP  512u /* tokens worth keeping room for between documents: 8 KiB */
#define FEW_PAIRS  16u  /* up to here comparing each name with each is cheapest */
#define NO_VALUE   "JSON parse error, expecting value"
#define NO_NAME    "JSON parse error, key is not a string in object"
#define NO_COLON   "JSON parse error, missing : in object pair"
#define NO_COMMA_O "JSON parse error, expected separator in dict"
#define NO_COMMA_A "JSON parse error, expected separator in list"

typedef enum {
    WANT_VALUE,
    WANT_FIRST_ELEMENT, /* or the end of the array */
    WANT_FIRST_NAME,    /* or the end of the object */
    WANT_NAME,
    WANT_COLON,
    WANT_COMMA_IN_ARRAY, /* or its end */
    WANT_COMMA_IN_OBJECT,
    N_WANTS
} Want;

typedef enum { A_STRING, A_SCALAR, AN_OPENING, ARRAY_END, OBJECT_END, COMMA, COLON, N_SORTS } Sort;

/* The grammar: what is wrong with each sort of token where something else is wanted. */
/* clang-format off */
static const char *const misplaced[N_WANTS][N_SORTS] = {
    /*                          string      scalar      { or [      ]           }           ,           : */
    [WANT_VALUE]           = { NULL,       NULL,       NULL,       NO_VALUE,   NO_VALUE,   NO_VALUE,   NO_VALUE },
    [WANT_FIRST_ELEMENT]   = { NULL,       NULL,       NULL,       NULL,       NO_VALUE,   NO_VALUE,   NO_VALUE },
    [WANT_FIRST_NAME]      = { NULL,       NO_NAME,    NO_NAME,    NO_VALUE,   NULL,       NO_VALUE,   NO_VALUE },
    [WANT_NAME]            = { NULL,       NO_NAME,    NO_NAME,    NO_VALUE,   NO_VALUE,   NO_VALUE,   NO_VALUE },
    [WANT_COLON]           = { NO_COLON,   NO_COLON,   NO_COLON,   NO_COLON,   NO_COLON,   NO_COLON,   NULL },
    [WANT_COMMA_IN_ARRAY]  = { NO_COMMA_A, NO_COMMA_A, NO_COMMA_A, NULL,       NO_COMMA_A, NULL,       NO_COMMA_A },
    [WANT_COMMA_IN_OBJECT] = { NO_COMMA_O, NO_COMMA_O, NO_COMMA_O, NO_COMMA_O, NULL,       NULL,       NO_COMMA_O },
};
/* clang-format on */

void va_tape_begin(VaTape *tape)
{
    tape->n_tokens = 0;
    tape->n_seen = 0;
    tape->depth = 0;
    tape->want = WANT_VALUE;
}

void va_tape_release(VaTape *tape, gboolean keep)
{
    if (keep && tape->capacity <= TAPE_KEEP)
        return;
    g_clear_pointer(&tape->tokens, g_free);
    tape->capacity = 0;
    tape->n_tokens = 0;
}

static const char *admit(VaTape *tape, Sort sort)
{
    if (tape->n_seen == VA_WIRE_TOKENS_MAX)
        return "JSON token count limit exceeded";
    const char *problem = misplaced[tape->want][sort];
    if (!problem)
        tape->n_seen++;
    return problem;
}

static gboolean is_value_of_pair(const VaTape *tape)
{
    return tape->want == WANT_VALUE && tape->tokens[tape->open].kind == VA_JSON_OBJECT;
}

static VaToken *push(VaTape *tape, VaJsonKind kind, guint32 start, guint32 length)
{
    if (tape->n_tokens == tape->capacity) {
        tape->capacity = MAX(tape->capacity * 2, 64);
        tape->tokens = g_renew(VaToken, tape->tokens, tape->capacity);
    }
    if (tape->depth > 0 && !is_value_of_pair(tape))
        tape->tokens[tape->open].length++;
    VaToken *token = &tape->tokens[tape->n_tokens++];
    *token = (VaToken){kind, tape->n_tokens, start, length};
    return token;
}

/* What may follow a value: in the end, nothing. */
static void value_is_complete(VaTape *tape)
{
    if (tape->depth > 0)
        tape->want = tape->tokens[tape->open].kind == VA_JSON_ARRAY ? WANT_COMMA_IN_ARRAY
                                                                    : WANT_COMMA_IN_OBJECT;
}

const char *va_tape_scalar(VaTape *tape, VaJsonKind kind, guint32 start, guint32 length)
{
    const char *problem = admit(tape, A_SCALAR);

    if (problem)
        return problem;
    push(tape, kind, start, length);
    value_is_complete(tape);
    return NULL;
}

const char *va_tape_may_begin_string(VaTape *tape)
{
    return admit(tape, A_STRING);
}

void va_tape_string(VaTape *tape, guint32 start, guint32 length)
{
    gboolean is_name = tape->want == WANT_NAME || tape->want == WANT_FIRST_NAME;

    push(tape, VA_JSON_STRING, start, length);
    if (is_name)
        tape->want = WANT_COLON;
    else
        value_is_complete(tape);
}

static const char *open_container(VaTape *tape, VaJsonKind kind, guint32 at)
{
    if (tape->depth == VA_WIRE_DEPTH_MAX)
        return "JSON nesting depth limit exceeded";
    const char *problem = admit(tape, AN_OPENING);
    if (problem)
        return problem;
    push(tape, kind, at, 0)->next = tape->open;
    tape->open = tape->n_tokens - 1;
    tape->depth++;
    tape->want = kind == VA_JSON_ARRAY ? WANT_FIRST_ELEMENT : WANT_FIRST_NAME;
    return NULL;
}

typedef struct {
    const char *text;
    const VaToken *tokens;
} Names;

static gint compare_names(gconstpointer a, gconstpointer b, gpointer data)
{
    const Names *names = data;
    const VaToken *x = names->tokens + *(const guint32 *)a;
    const VaToken *y = names->tokens + *(const guint32 *)b;

    if (x->length != y->length)
        return x->length < y->length ? -1 : 1;
    return memcmp(names->text + x->start, names->text + y->start, x->length);
}

/* Sorted, equal names are neighbours.  Sorting by text, not by a hash, leaves a hostile peer no
 * collisions to aim for. */
static gboolean many_names_repeat(Names *names, guint32 first, guint32 n)
{
    g_autofree guint32 *order = g_new(guint32, n);
    guint32 name = first;

    for (guint32 i = 0; i < n; i++, name = names->tokens[name + 1].next)
        order[i] = name;
    g_qsort_with_data(order, (gint)n, sizeof *order, compare_names, names);
    for (guint32 i = 1; i < n; i++) {
        if (compare_names(&order[i - 1], &order[i], names) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean names_repeat(const VaTape *tape, const char *text)
{
    Names names = {text, tape->tokens};
    guint32 first = tape->open + 1, n = tape->tokens[tape->open].length;

    if (n > FEW_PAIRS)
        return many_names_repeat(&names, first, n);
    for (guint32 i = 1, a = first; i < n; i++, a = tape->tokens[a + 1].next) {
        guint32 b = tape->tokens[a + 1].next;
        for (guint32 j = i; j < n; j++, b = tape->tokens[b + 1].next) {
            if (compare_names(&a, &b, &names) == 0)
                return TRUE;
        }
    }
    return FALSE;
}

static const char *close_container(VaTape *tape, Sort end, const char *text)
{
    const char *problem = admit(tape, end);

    if (problem)
        return problem;
    if (end == OBJECT_END && names_repeat(tape, text))
        return "JSON parse error, duplicate key";
    VaToken *container = &tape->tokens[tape->open];
    tape->open = container->next;
    container->next = tape->n_tokens;
    tape->depth--;
    value_is_complete(tape);
    return NULL;
}

static const char *separate(VaTape *tape, Sort sort)
{
    const char *problem = admit(tape, sort);

    if (problem)
        return problem;
    tape->want = sort == COMMA && tape->want == WANT_COMMA_IN_OBJECT ? WANT_NAME : WANT_VALUE;
    return NULL;
}

const char *va_tape_mark(VaTape *tape, const char *text, guint32 at)
{
    switch (text[at]) {
    case '{':
        return open_container(tape, VA_JSON_OBJECT, at);
    case '[':
        return open_container(tape, VA_JSON_ARRAY, at);
    case '}':
        return close_container(tape, OBJECT_END, text);
    case ']':
        return close_container(tape, ARRAY_END, text);
    case ',':
        return separate(tape, COMMA);
    default:
        return separate(tape, COLON);
    }
}
