/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "document.h"
#include "output.h"

/*
 * Descriptors of the schema's types, and the one decoder, encoder and destructor that walk them.
 * The descriptors are generated (schema/gen.py) as constant data.
 *
 * How a schema type looks in C:
 * - int, uint64, uint16, number, bool: gint64, guint64, guint16, double, gboolean; an enum: itself.
 *   If optional, a gboolean has_NAME stands beside it.
 * - str: char *, NULL if absent.
 * - bytes (base64 on the wire): GBytes *, NULL if absent.
 * - struct, union, alternate: a pointer to it, NULL if absent.
 * - [T], T being str, struct or union: GPtrArray * of T, NULL if absent.  Its elements belong to
 *   the list, and are freed by the descriptor whether or not the array has a free function; so
 *   nobody keeps a reference of the array for longer than the struct that holds it.
 * - The struct of a union: its base members, then a pointer per variant, of which the selected one
 *   is set.
 * - The struct of an alternate: int choice (an index, at offset 0), then the choices in a C union.
 *
 * All structs are made with g_new0().
 */

typedef enum {
    VA_KIND_INT,
    VA_KIND_UINT64,
    VA_KIND_UINT16,
    VA_KIND_NUMBER,
    VA_KIND_BOOL,
    VA_KIND_STR,
    VA_KIND_BYTES,
    VA_KIND_ENUM,
    VA_KIND_STRUCT,
    VA_KIND_UNION,
    VA_KIND_ALTERNATE,
} VaKind;

typedef struct VaType VaType;

typedef struct {
    const char *name; /* on the wire */
    VaKind kind;
    gboolean list;
    gboolean optional;
    guint offset;       /* of the value in the C struct */
    guint has_offset;   /* of has_NAME; used for optional scalars only */
    const VaType *type; /* of an enum, struct, union or alternate; else NULL */
} VaMember;

struct VaType {
    const char *name;
    VaKind kind;             /* ENUM, STRUCT, UNION or ALTERNATE */
    gsize size;              /* of the C struct */
    const VaMember *members; /* of a struct; a union's base; an alternate's choices */
    guint n_members;
    const char *const *values; /* of an enum; of a union: those of its discriminator */
    guint n_values;
    guint discriminator;      /* union: index in members of the enum that selects */
    const VaMember *variants; /* union: by value of the discriminator; name NULL: none */
};

/* The C struct of @type from the members of @object (0 with a document of no tokens: no members).
 * Checked in the order of the schema: a member that is missing or of a wrong type comes before one
 * that is unexpected, of which only the first is named.  Errors are of the domain VA_ERROR, and
 * quote what the host sent in bounded length (place.h):
 * - Parameter 'id' is missing
 * - Invalid parameter type for 'vcpus[0].online', expected: boolean (or integer, number, string,
 *   array, object, the name of an alternate); null is a wrong type for everything, 1.0 and what an
 *   int64 cannot hold are for an integer
 * - Parameter 'mem-blks[0].phys-index' expects uint64 (or uint16)
 * - Parameter 'capture-output' does not accept value 'both'
 * - Base64 data contains invalid characters
 * - Parameter 'foo' is unexpected */
gpointer va_decode(const VaType *type, const VaDocument *document, VaJson object, GError **error);

/* Appends one value of @kind/@type/@list at @value, which points at what a struct would hold for it
 * (a gint64, a char *, a pointer to a struct...); @what's offset plays no part.  Members come in
 * the order of the schema, absent ones are left out.  What must not be absent and is NULL becomes
 * "", [] or {}.  Short bytes are copied, long ones referenced. */
void va_encode(const VaMember *what, gconstpointer value, VaOutput *output);

/* Frees a C struct of @type and all it holds; NULL is fine. */
void va_type_free(const VaType *type, gpointer value);

/* Frees what one member holds (not the member itself), and leaves NULL there: how a reply is given
 * back.  @value points at what a struct would hold for it, as for va_encode(). */
void va_value_clear(const VaMember *what, gpointer value);

/* For those who walk descriptors: TRUE if @member is absent by being NULL, not by has_NAME. */
gboolean va_member_is_pointer(const VaMember *member);

/* The variant that the base members of the union at @base select; NULL if it adds no members. */
const VaMember *va_type_variant(const VaType *type, gconstpointer base);
