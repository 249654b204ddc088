/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "wire.h"
#include <string.h>

/*
 * The events that bytes cause in a reader, as text: the document in canonical form, or "!" and the
 * error, where "JSON parse error, " goes without saying.
 */
#define PING     "{\"execute\":\"guest-ping\"}"
#define PONG     "{\"execute\": \"guest-ping\"}"
#define NO_VALUE "!expecting value"

/* How many of @left bytes come next. */
typedef gsize Cut(gsize left);

static gsize cut_nowhere(gsize left)
{
    return left;
}

static void note_document(const VaDocument *document, GPtrArray *events)
{
    GString *text = g_string_new(NULL);
    va_json_write(document, 0, text);
    g_ptr_array_add(events, g_string_free(text, FALSE));
}

static void note_error(const GError *error, GPtrArray *events)
{
    const char *usual = "JSON parse error, ";
    gboolean is_usual = g_str_has_prefix(error->message, usual);
    g_ptr_array_add(events,
                    g_strconcat("!", error->message + (is_usual ? strlen(usual) : 0), NULL));
}

/* Takes all events there are. */
static void drain(VaWire *wire, GPtrArray *events)
{
    for (;;) {
        g_autoptr(GError) error = NULL;
        VaDocument document;

        switch (va_wire_next(wire, &document, &error)) {
        case VA_WIRE_MORE:
            g_assert_no_error(error);
            return;
        case VA_WIRE_DOCUMENT:
            g_assert_no_error(error);
            note_document(&document, events);
            break;
        case VA_WIRE_BROKEN:
            g_assert_nonnull(error);
            note_error(error, events);
            break;
        }
    }
}

/* Bytes that have not been received must not matter: what follows them is filled with brackets. */
static void feed(VaWire *wire, const char *bytes, gsize length, Cut *cut, GPtrArray *events)
{
    while (length > 0) {
        gsize size, piece;
        char *space = va_wire_space(wire, &size);

        g_assert_cmpuint(size, >=, 16 * 1024);
        piece = MIN(cut(length), size);
        memset(space, '}', MIN(size, piece + 64));
        memcpy(space, bytes, piece);
        va_wire_received(wire, piece);
        drain(wire, events);
        bytes += piece;
        length -= piece;
    }
}

static GPtrArray *events_of(const char *bytes, gsize length, Cut *cut)
{
    GPtrArray *events = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(VaWire) wire = va_wire_new();

    feed(wire, bytes, length, cut, events);
    return events;
}
