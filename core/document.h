/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * A parsed JSON text: one flat array of tokens over the bytes that came in.
 *
 * Not a tree of nodes: 16 bytes a token bound the memory by the request, numbers keep their exact
 * text, and a string is unescaped where it lies, so that a payload of 60 MB is never copied.
 * Strings are UTF-8 and end in NUL; U+0000 inside one is the two bytes C0 80 ("modified UTF-8").
 *
 * A document from va_wire_next() borrows the reader's memory until the next call; what must outlive
 * that is copied, or kept with va_document_bytes().
 */

typedef enum {
    VA_JSON_NULL,
    VA_JSON_FALSE,
    VA_JSON_TRUE,
    VA_JSON_INTEGER,  /* no fraction, no exponent; any number of digits */
    VA_JSON_FRACTION, /* every other number */
    VA_JSON_STRING,
    VA_JSON_ARRAY,  /* its elements follow, each skipping to the next */
    VA_JSON_OBJECT, /* name, value, name, value... follow; names are STRINGs, all different */
} VaJsonKind;

typedef struct {
    guint32 kind;   /* VaJsonKind */
    guint32 next;   /* index of the first token after this value and all it holds */
    guint32 start;  /* offset of the text of a string (unescaped, without quotes) or number */
    guint32 length; /* of that text; of a container: how many elements or pairs it has */
} VaToken;

typedef struct VaText VaText; /* reference-counted memory, see text.h */

typedef struct {
    char *text; /* what the tokens' starts are relative to; written to by va_document_bytes() */
    const VaToken *tokens; /* tokens[0] is the value itself */
    guint32 n_tokens;
    VaText *owner; /* of text; NULL if it is somebody else's for good */
} VaDocument;

/* An index of tokens; 0 is the whole document and, where a member is asked for, "there is none". */
typedef guint32 VaJson;

static inline VaJsonKind va_json_kind(const VaDocument *document, VaJson value)
{
    return (VaJsonKind)document->tokens[value].kind;
}

/* The text of a string (NUL-terminated) or of a number (not terminated: see token length). */
static inline const char *va_json_text(const VaDocument *document, VaJson value)
{
    return document->text + document->tokens[value].start;
}

/* The value of @object's member @name, 0 if it has none. */
VaJson va_json_member(const VaDocument *document, VaJson object, const char *name);

/* FALSE if @value is no INTEGER or lies outside the type's range. */
gboolean va_json_int64(const VaDocument *document, VaJson value, gint64 *number);
gboolean va_json_uint64(const VaDocument *document, VaJson value, guint64 *number);
/* INTEGER or FRACTION; FALSE if it is neither. */
gboolean va_json_double(const VaDocument *document, VaJson value, double *number);

/* Appends @value as compact-by-house-rules JSON (", " and ": ", ASCII only, members in the order
 * received, numbers digit for digit): how `id` is echoed. */
void va_json_write(const VaDocument *document, VaJson value, GString *out);

/* The bytes that the base64 string @value stands for, decoded in place; to be called once for a
 * value, which is unusable afterwards.  A long one keeps the document's memory alive instead of
 * copying.  NULL and *error "Base64 data contains invalid characters" unless it is RFC 4648 base64:
 * padded, nothing after the padding, unused bits zero; line feeds and carriage returns may stand
 * anywhere (clients break lines every 76 characters). */
GBytes *va_document_bytes(const VaDocument *document, VaJson value, GError **error);
