/* SPDX-License-Identifier: Apache-2.0 */
#include "codec.h"
#include "place.h"
#include <string.h>

typedef gboolean (*Decode)(const VaPlace *place, const VaMember *what, gpointer to, GError **error);

/* What the kinds look like in JSON: @accepts has a bit per VaJsonKind. */
#define JSON(kind)  (1u << VA_JSON_##kind)
#define JSON_NUMBER (JSON(INTEGER) | JSON(FRACTION))
#define JSON_ANY    (~0u)

static const struct {
    guint accepts;
    const char *expected;
} shapes[] = {
    [VA_KIND_INT] = {JSON_NUMBER, "integer"},
    [VA_KIND_UINT64] = {JSON_ANY, NULL},
    [VA_KIND_UINT16] = {JSON_ANY, NULL},
    [VA_KIND_NUMBER] = {JSON_NUMBER, "number"},
    [VA_KIND_BOOL] = {JSON(FALSE) | JSON(TRUE), "boolean"},
    [VA_KIND_STR] = {JSON(STRING), "string"},
    [VA_KIND_BYTES] = {JSON(STRING), "string"},
    [VA_KIND_ENUM] = {JSON(STRING), "string"},
    [VA_KIND_STRUCT] = {JSON(OBJECT), "object"},
    [VA_KIND_UNION] = {JSON(OBJECT), "object"},
    [VA_KIND_ALTERNATE] = {JSON_ANY, NULL},
};

static gboolean is_shaped(const VaPlace *place, VaKind kind)
{
    return (shapes[kind].accepts & 1u << va_json_kind(place->document, place->value)) != 0;
}

static gboolean decode_int(const VaPlace *place, const VaMember *what, gpointer to, GError **error)
{
    return va_json_int64(place->document, place->value, to) ||
           va_place_fail_type(place, "integer", error);
}

static gboolean decode_uint64(const VaPlace *place, const VaMember *what, gpointer to,
                              GError **error)
{
    return va_json_uint64(place->document, place->value, to) ||
           va_place_fail_range(place, "uint64", error);
}

static gboolean decode_uint16(const VaPlace *place, const VaMember *what, gpointer to,
                              GError **error)
{
    guint64 number;

    if (!va_json_uint64(place->document, place->value, &number) || number > G_MAXUINT16)
        return va_place_fail_range(place, "uint16", error);
    *(guint16 *)to = (guint16)number;
    return TRUE;
}

static gboolean decode_number(const VaPlace *place, const VaMember *what, gpointer to,
                              GError **error)
{
    return va_json_double(place->document, place->value, to) ||
           va_place_fail_type(place, "number", error);
}

static gboolean decode_bool(const VaPlace *place, const VaMember *what, gpointer to, GError **error)
{
    *(gboolean *)to = va_json_kind(place->document, place->value) == VA_JSON_TRUE;
    return TRUE;
}

static gboolean decode_str(const VaPlace *place, const VaMember *what, gpointer to, GError **error)
{
    *(char **)to = g_memdup2(va_json_text(place->document, place->value),
                             place->document->tokens[place->value].length + (gsize)1);
    return TRUE;
}

static gboolean decode_bytes(const VaPlace *place, const VaMember *what, gpointer to,
                             GError **error)
{
    GBytes *bytes = va_document_bytes(place->document, place->value, error);

    *(GBytes **)to = bytes;
    return bytes != NULL;
}

static gboolean decode_enum(const VaPlace *place, const VaMember *what, gpointer to, GError **error)
{
    const char *text = va_json_text(place->document, place->value);
    const VaType *type = what->type;

    for (guint i = 0; i < type->n_values; i++) {
        if (g_strcmp0(type->values[i], text) == 0) {
            *(guint *)to = i;
            return TRUE;
        }
    }
    return va_place_fail_value(place, text, error);
}

static gboolean decode_value(const VaPlace *place, const VaMember *what, gpointer to,
                             GError **error);

/* Counts in *@found how many of the members are there. */
static gboolean decode_members(const VaPlace *place, const VaType *type, char *base, guint32 *found,
                               GError **error)
{
    for (guint i = 0; i < type->n_members; i++) {
        const VaMember *member = &type->members[i];
        VaPlace at = {place, member->name, 0, place->document, 0};

        if (place->document->n_tokens > 0)
            at.value = va_json_member(place->document, place->value, member->name);
        if (at.value == 0) {
            if (member->optional)
                continue;
            return va_place_fail_member(place, member->name, "missing", error);
        }
        if (!decode_value(&at, member, base + member->offset, error))
            return FALSE;
        if (member->optional && !va_member_is_pointer(member))
            *(gboolean *)(gpointer)(base + member->has_offset) = TRUE;
        (*found)++;
    }
    return TRUE;
}

static gboolean knows(const VaType *type, const char *name)
{
    for (guint i = 0; type && i < type->n_members; i++)
        if (strcmp(type->members[i].name, name) == 0)
            return TRUE;
    return FALSE;
}

/* Called if some member of the object is in neither of the two. */
static gboolean fail_unexpected(const VaPlace *place, const VaType *type, const VaType *variant,
                                GError **error)
{
    const VaDocument *document = place->document;
    VaJson name = place->value + 1;

    while (knows(type, va_json_text(document, name)) ||
           knows(variant, va_json_text(document, name)))
        name = document->tokens[name + 1].next;
    return va_place_fail_member(place, va_json_text(document, name), "unexpected", error);
}

/* Never NULL, not even for a type without members. */
static gpointer new_struct(const VaType *type)
{
    return g_malloc0(MAX(type->size, 1));
}

static gboolean fill_object(const VaPlace *place, const VaType *type, char *base, GError **error)
{
    const VaMember *variant = NULL;
    const VaType *more = NULL;
    guint32 found = 0;

    if (!decode_members(place, type, base, &found, error))
        return FALSE;
    if (type->kind == VA_KIND_UNION)
        variant = va_type_variant(type, base);
    if (variant) {
        gpointer part = new_struct(variant->type);

        more = variant->type;
        *(gpointer *)(gpointer)(base + variant->offset) = part;
        if (!decode_members(place, more, part, &found, error))
            return FALSE;
    }
    if (place->document->n_tokens > 0 && found < place->document->tokens[place->value].length)
        return fail_unexpected(place, type, more, error);
    return TRUE;
}

static gpointer decode_object(const VaPlace *place, const VaType *type, GError **error)
{
    gpointer object = new_struct(type);

    if (fill_object(place, type, object, error))
        return object;
    va_type_free(type, object);
    return NULL;
}

static gboolean decode_struct(const VaPlace *place, const VaMember *what, gpointer to,
                              GError **error)
{
    gpointer object = decode_object(place, what->type, error);

    *(gpointer *)to = object;
    return object != NULL;
}

static gboolean decode_alternate(const VaPlace *place, const VaMember *what, gpointer to,
                                 GError **error)
{
    const VaType *type = what->type;
    char *base;
    guint choice = 0;

    while (choice < type->n_members && !is_shaped(place, type->members[choice].kind))
        choice++;
    if (choice == type->n_members)
        return va_place_fail_type(place, type->name, error);
    base = new_struct(type);
    *(guint *)(gpointer)base = choice;
    *(gpointer *)to = base;
    return decode_value(place, &type->members[choice], base + type->members[choice].offset, error);
}

static const Decode decoders[] = {
    [VA_KIND_INT] = decode_int,
    [VA_KIND_UINT64] = decode_uint64,
    [VA_KIND_UINT16] = decode_uint16,
    [VA_KIND_NUMBER] = decode_number,
    [VA_KIND_BOOL] = decode_bool,
    [VA_KIND_STR] = decode_str,
    [VA_KIND_BYTES] = decode_bytes,
    [VA_KIND_ENUM] = decode_enum,
    [VA_KIND_STRUCT] = decode_struct,
    [VA_KIND_UNION] = decode_struct,
    [VA_KIND_ALTERNATE] = decode_alternate,
};

static gboolean decode_one(const VaPlace *place, const VaMember *what, gpointer to, GError **error)
{
    if (!is_shaped(place, what->kind))
        return va_place_fail_type(place, shapes[what->kind].expected, error);
    return decoders[what->kind](place, what, to, error);
}

static gboolean decode_list(const VaPlace *place, const VaMember *what, GPtrArray **to,
                            GError **error)
{
    const VaToken *token = &place->document->tokens[place->value];
    VaPlace at = {place, NULL, 0, place->document, place->value + 1};

    if (token->kind != VA_JSON_ARRAY)
        return va_place_fail_type(place, "array", error);
    *to = g_ptr_array_sized_new(token->length);
    for (; at.index < token->length; at.index++) {
        gpointer element = NULL;
        gboolean good = decode_one(&at, what, &element, error);

        g_ptr_array_add(*to, element);
        if (!good)
            return FALSE;
        at.value = place->document->tokens[at.value].next;
    }
    return TRUE;
}

/* What has been made when it fails is left at @to, for the caller to free. */
static gboolean decode_value(const VaPlace *place, const VaMember *what, gpointer to,
                             GError **error)
{
    return what->list ? decode_list(place, what, to, error) : decode_one(place, what, to, error);
}

gpointer va_decode(const VaType *type, const VaDocument *document, VaJson object, GError **error)
{
    VaPlace place = {NULL, NULL, 0, document, object};

    return decode_object(&place, type, error);
}
