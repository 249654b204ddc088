/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "document.h"

/*
 * The reader: bytes from a peer in, one JSON document at a time out.  docs/protocol.md has the
 * rules.  Incremental (the same replies whatever way the stream is cut), strict, bounded:
 */
#define VA_WIRE_DEPTH_MAX    1024u              /* brackets open at a time, the request's own too */
#define VA_WIRE_TOKENS_MAX   (2u * 1024 * 1024) /* per document; commas and colons are tokens too */
#define VA_WIRE_TEXT_MAX     (64u * 1024 * 1024) /* bytes of one token: 48 MiB as base64 */
#define VA_WIRE_DOCUMENT_MAX (66u * 1024 * 1024) /* bytes of a document, blanks and all */

typedef struct VaWire VaWire;

typedef enum {
    VA_WIRE_MORE,     /* everything received has been used: read more */
    VA_WIRE_DOCUMENT, /* *document is set */
    VA_WIRE_BROKEN,   /* *error says what is wrong; exactly one per broken document */
} VaWireEvent;

VaWire *va_wire_new(void);
void va_wire_free(VaWire *wire);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VaWire, va_wire_free)

/* Memory for the next bytes, at least 16 KiB, up to 1 MiB while a long document is coming in; the
 * caller writes there and says how many with va_wire_received().  Ends the life of the last
 * document. */
char *va_wire_space(VaWire *wire, gsize *size);
void va_wire_received(VaWire *wire, gsize size);

/* The next event in what has been received.  Memory that a large document took is given back by the
 * call that returns VA_WIRE_MORE, except what va_document_bytes() lent out.  Errors are of the
 * domain VA_ERROR, worded as "JSON parse error, ..." or "JSON ... limit exceeded". */
VaWireEvent va_wire_next(VaWire *wire, VaDocument *document, GError **error);

/* FALSE if a document has begun and is not complete, a broken one not yet left behind included. */
gboolean va_wire_is_between(const VaWire *wire);
