/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "document.h"
#include "output.h"

/*
 * Descriptors of the schema's types, and the one decoder, encoder and destructor that walk them.
 * The descriptors are generated (schema/gen.py) as constant data.
 *
 * How a schema type looks in C:
 *   int, uint64, uint16, number, bool, an enum    gint64, guint64, guint16, double, gboolean, the
 * enum if optional                                 ... and a gboolean has_NAME beside it str char *
 * (NULL: absent) bytes (base64 on the wire)                    GBytes *          (NULL: absent) a
 * struct, union, alternate                    pointer to it     (NULL: absent) [T], T being str,
 * struct or union             GPtrArray * of T, with a free function union base members, then a
 * pointer per variant alternate                                     int choice (index), then the
 * choices in a C union
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
 * that is unexpected.  Errors read "Parameter 'id' is missing", "Invalid parameter type for
 * 'vcpus[0].online', expected: boolean", and so on, see docs/protocol.md. */
gpointer va_decode(const VaType *type, const VaDocument *document, VaJson object, GError **error);

/* Appends one value of @kind/@type/@list at @value, which points at what a struct would hold for it
 * (a gint64, a char *, a pointer to a struct...). */
void va_encode(const VaMember *what, gconstpointer value, VaOutput *output);

/* Frees a C struct of @type and all it holds; NULL is fine. */
void va_type_free(const VaType *type, gpointer value);

/* Frees what one member holds (not the member itself): how a reply is given back. */
void va_value_clear(const VaMember *what, gpointer value);
