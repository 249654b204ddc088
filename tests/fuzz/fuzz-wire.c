/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"
#include "wire.h"
#include <stdlib.h>
#include <string.h>

/*
 * The first byte says how to cut the rest, a stream.  Cut or whole, the events are the same; and
 * what is written of a document reads back to the same text.
 */
#define SEED_BYTES 1

/* A line per event. */
static void note(GString *events, const VaDocument *document, const GError *error)
{
    if (error)
        g_string_append(events, error->message);
    else
        va_json_write(document, 0, events);
    g_string_append_c(events, '\n');
}

static gboolean note_next(VaWire *wire, GString *events)
{
    g_autoptr(GError) error = NULL;
    VaDocument document;
    VaWireEvent event = va_wire_next(wire, &document, &error);

    if ((event == VA_WIRE_BROKEN) != (error != NULL))
        abort();
    if (event != VA_WIRE_MORE)
        note(events, &document, error);
    return event != VA_WIRE_MORE;
}

/* The next piece is 1 to 16 bytes long, by a generator that a seed of 0 leaves at "all". */
static gsize next_piece(guint32 *state, gsize left)
{
    if (*state == 0)
        return left;
    *state = *state * 1664525 + 1013904223;
    return MIN(left, (*state >> 28) + 1);
}

static GString *events_of(const char *bytes, gsize length, guint32 seed)
{
    g_autoptr(VaWire) wire = va_wire_new();
    GString *events = g_string_new(NULL);

    while (length > 0) {
        gsize size;
        char *space = va_wire_space(wire, &size);
        gsize piece = MIN(next_piece(&seed, length), size);
        memcpy(space, bytes, piece);
        va_wire_received(wire, piece);
        while (note_next(wire, events))
            continue;
        bytes += piece;
        length -= piece;
    }
    return events;
}

static void check_cuts(const char *bytes, gsize length, guint8 seed)
{
    g_autoptr(GString) whole = events_of(bytes, length, 0);
    g_autoptr(GString) cut = events_of(bytes, length, seed + 1u);

    if (!g_string_equal(whole, cut))
        abort();
}

static void check_round_trip(const VaDocument *document)
{
    g_autoptr(GString) text = g_string_new(NULL);

    va_json_write(document, 0, text);
    g_string_append_c(text, '\n');
    g_autoptr(GString) again = events_of(text->str, text->len, 0);
    if (!g_string_equal(text, again))
        abort();
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autoptr(VaWire) wire = va_wire_new();
    VaWireEvent event;
    gsize room;

    char *space = va_wire_space(wire, &room);
    if (size <= SEED_BYTES || size > room)
        return 0;
    check_cuts((const char *)data + SEED_BYTES, size - SEED_BYTES, data[0]);
    memcpy(space, data + SEED_BYTES, size - SEED_BYTES);
    va_wire_received(wire, size - SEED_BYTES);
    do {
        VaDocument document;
        event = va_wire_next(wire, &document, NULL);
        if (event == VA_WIRE_DOCUMENT)
            check_round_trip(&document);
    } while (event != VA_WIRE_MORE);
    return 0;
}
