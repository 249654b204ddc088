/* SPDX-License-Identifier: Apache-2.0 */
#include "wire.h"
#include "lexer.h"
#include "skip.h"
#include "text.h"
#include <string.h>

#define ROOM_FIRST (64u * 1024)   /* bytes of the first block */
#define ROOM_MIN   (16u * 1024)   /* worth a read */
#define ROOM_MAX   (1024u * 1024) /* per read: what is scanned next should still be in the cache */
/* A block up to this size stays for the next document: a stream of files in pieces of 1 MiB, which
 * is 1.34 MiB of base64, then costs no page faults. */
#define ROOM_KEEP (1536u * 1024)

typedef enum {
    BETWEEN,
    INSIDE,   /* a document has begun */
    SKIPPING, /* the rest of a broken document */
} Mode;

struct VaWire {
    VaText *text; /* NULL: nothing received yet, or given back */
    gsize at;     /* the first byte still needed; in a document, where it begins */
    gsize end;    /* of what has been received */
    Mode mode;
    gboolean trying; /* INSIDE what may prove to be part of what `skip` is about */
    VaLexer lexer;
    VaSkip skip;
};

VaWire *va_wire_new(void)
{
    return g_new0(VaWire, 1);
}

void va_wire_free(VaWire *wire)
{
    if (!wire)
        return;
    va_text_unref(wire->text);
    va_tape_release(&wire->lexer.tape, FALSE);
    g_free(wire);
}

/* Moves what is still needed to the start of the block, unless that is more to copy than it gains:
 * so no byte is moved more than about once. */
static void move_down(VaWire *wire)
{
    gsize rest = wire->end - wire->at;

    if (rest > wire->at || !va_text_is_ours(wire->text))
        return;
    memmove(wire->text->data, wire->text->data + wire->at, rest);
    wire->at = 0;
    wire->end = rest;
}

/* A larger block; or a fresh one, if somebody still needs what a document has lent out.  That is as
 * large at once as the last one grew to be: the next document is likely to be like that one, and
 * growing copies where the system cannot move pages (Windows). */
static void make_room(VaWire *wire)
{
    gsize rest = wire->end - wire->at;
    gsize capacity = wire->text->capacity;

    if (va_text_is_ours(wire->text)) {
        capacity += capacity < ROOM_MAX ? capacity : capacity / 2;
        wire->text = va_text_resize(wire->text, capacity);
        return;
    }
    VaText *fresh = va_text_new(MAX(MIN(capacity, ROOM_KEEP), rest + rest / 2 + ROOM_MIN));
    memcpy(fresh->data, wire->text->data + wire->at, rest);
    va_text_unref(wire->text);
    wire->text = fresh;
    wire->at = 0;
    wire->end = rest;
}

char *va_wire_space(VaWire *wire, gsize *size)
{
    if (!wire->text)
        wire->text = va_text_new(ROOM_FIRST);
    if (wire->at == wire->end || wire->text->capacity - wire->end < ROOM_MIN)
        move_down(wire);
    if (wire->text->capacity - wire->end < ROOM_MIN)
        make_room(wire);
    *size = MIN(wire->text->capacity - wire->end, ROOM_MAX);
    return wire->text->data + wire->end;
}

void va_wire_received(VaWire *wire, gsize size)
{
    g_assert(size <= wire->text->capacity - wire->end);
    wire->end += size;
}

/* Nothing of any document is needed any more.  A block that is lent out stays too, if it is small:
 * by the next request its borrower is usually done. */
static void release(VaWire *wire)
{
    va_tape_release(&wire->lexer.tape, TRUE);
    if (!wire->text || wire->text->capacity <= ROOM_KEEP)
        return;
    g_clear_pointer(&wire->text, va_text_unref);
    wire->at = 0;
    wire->end = 0;
}

static void begin(VaWire *wire, gboolean trying)
{
    wire->mode = INSIDE;
    wire->trying = trying;
    va_lexer_begin(&wire->lexer);
}

static void reset(VaWire *wire)
{
    wire->at++;
    wire->mode = BETWEEN;
}

static void pass_blank(VaWire *wire)
{
    guint8 byte = (guint8)wire->text->data[wire->at];

    if (byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r' || byte == 0xFF)
        wire->at++;
    else
        begin(wire, FALSE);
}

static void pass_broken(VaWire *wire)
{
    switch (va_skip_run(&wire->skip, wire->text->data, wire->end, &wire->at)) {
    case VA_SKIP_MORE:
        break;
    case VA_SKIP_OVER:
        wire->mode = BETWEEN;
        break;
    case VA_SKIP_TRY:
        begin(wire, TRUE);
        break;
    case VA_SKIP_RESET:
        reset(wire);
        break;
    }
}

static void skip_document(VaWire *wire, const char *text)
{
    const VaLexer *lexer = &wire->lexer;

    wire->skip = (VaSkip){
        .depth = lexer->tape.depth,
        .line = va_skip_line(text, lexer->at),
        .quote = lexer->tape.depth > 0 ? lexer->quote : 0,
        .escaping = lexer->escaping,
    };
}

/* What was tried belongs to the broken document: its brackets count there, unless that is junk,
 * where none do, or it stands in a string. */
static void skip_trial(VaWire *wire, const char *text)
{
    guint64 around = wire->skip.depth;

    if (around == 0 || wire->skip.quote) {
        wire->skip.line = va_skip_line(text, wire->lexer.at);
        return;
    }
    skip_document(wire, text);
    wire->skip.depth += around;
}

/* TRUE if it is to be reported. */
static gboolean broken(VaWire *wire)
{
    const char *text = wire->text->data + wire->at;
    gboolean trying = wire->trying;

    if (trying)
        skip_trial(wire, text);
    else
        skip_document(wire, text);
    wire->at += wire->lexer.at;
    wire->mode = SKIPPING;
    return !trying;
}

/* TRUE if it is to be delivered: of what is found amid junk, only requests are. */
static gboolean complete(VaWire *wire, VaDocument *document)
{
    const VaTape *tape = &wire->lexer.tape;
    VaDocument whole = {
        .text = wire->text->data + wire->at,
        .tokens = tape->tokens,
        .n_tokens = tape->n_tokens,
        .owner = wire->text,
    };
    gboolean wanted = !wire->trying || va_json_member(&whole, 0, "execute") != 0;

    wire->at += wire->lexer.at;
    wire->mode = wanted ? BETWEEN : SKIPPING;
    wire->skip.line = VA_LINE_INSIDE;
    if (wanted)
        *document = whole;
    return wanted;
}

VaWireEvent va_wire_next(VaWire *wire, VaDocument *document, GError **error)
{
    while (wire->at < wire->end) {
        if (wire->mode == BETWEEN)
            pass_blank(wire);
        else if (wire->mode == SKIPPING)
            pass_broken(wire);
        if (wire->mode != INSIDE)
            continue;
        switch (va_lexer_run(&wire->lexer, wire->text->data + wire->at, wire->end - wire->at,
                             wire->trying ? NULL : error)) {
        case VA_LEXER_MORE:
            return VA_WIRE_MORE;
        case VA_LEXER_DONE:
            if (complete(wire, document))
                return VA_WIRE_DOCUMENT;
            break;
        case VA_LEXER_BROKEN:
            if (broken(wire))
                return VA_WIRE_BROKEN;
            break;
        case VA_LEXER_RESET:
            wire->at += wire->lexer.at;
            reset(wire);
            break;
        }
    }
    release(wire);
    return VA_WIRE_MORE;
}

gboolean va_wire_is_between(const VaWire *wire)
{
    return wire->mode == BETWEEN;
}
