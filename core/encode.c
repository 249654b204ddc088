/* SPDX-License-Identifier: Apache-2.0 */
#include "base64.h"
#include "codec.h"
#include "json-text.h"
#include <string.h>

/* Fewer bytes than this become text at once: cheaper than a place in the queue. */
#define SMALL_BYTES 4096u

#define DIGITS_MAX 20 /* of a 64-bit number */

typedef void (*Encode)(const VaMember *what, gconstpointer value, VaOutput *output);

static void put(VaOutput *output, const char *text)
{
    g_string_append(va_output_text(output), text);
}

static void put_uint64(GString *out, guint64 number)
{
    char digits[DIGITS_MAX];
    guint at = DIGITS_MAX;

    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    g_string_append_len(out, digits + at, DIGITS_MAX - at);
}

static void encode_int(const VaMember *what, gconstpointer value, VaOutput *output)
{
    gint64 number = *(const gint64 *)value;
    GString *out = va_output_text(output);

    if (number < 0)
        g_string_append_c(out, '-');
    put_uint64(out, number < 0 ? -(guint64)number : (guint64)number);
}

static void encode_uint64(const VaMember *what, gconstpointer value, VaOutput *output)
{
    put_uint64(va_output_text(output), *(const guint64 *)value);
}

static void encode_uint16(const VaMember *what, gconstpointer value, VaOutput *output)
{
    put_uint64(va_output_text(output), *(const guint16 *)value);
}

static void encode_number(const VaMember *what, gconstpointer value, VaOutput *output)
{
    va_json_put_double(va_output_text(output), *(const double *)value);
}

static void encode_bool(const VaMember *what, gconstpointer value, VaOutput *output)
{
    put(output, *(const gboolean *)value ? "true" : "false");
}

static void encode_str(const VaMember *what, gconstpointer value, VaOutput *output)
{
    const char *text = *(const char *const *)value;

    va_json_put_string(va_output_text(output), text ? text : "", text ? strlen(text) : 0);
}

static void put_base64(GString *out, const guint8 *data, gsize size)
{
    gsize at = out->len;

    g_string_set_size(out, at + VA_BASE64_LENGTH(size));
    va_base64_encode(data, size, out->str + at);
}

static void encode_bytes(const VaMember *what, gconstpointer value, VaOutput *output)
{
    GBytes *bytes = *(GBytes *const *)value;
    gsize size = 0;
    const guint8 *data = bytes ? g_bytes_get_data(bytes, &size) : NULL;

    put(output, "\"");
    if (size >= SMALL_BYTES)
        va_output_base64(output, bytes);
    else if (size > 0)
        put_base64(va_output_text(output), data, size);
    put(output, "\"");
}

static void encode_enum(const VaMember *what, gconstpointer value, VaOutput *output)
{
    guint number = *(const guint *)value;
    const char *text = number < what->type->n_values ? what->type->values[number] : NULL;

    va_json_put_string(va_output_text(output), text ? text : "", text ? strlen(text) : 0);
}

static gboolean is_absent(const VaMember *member, const char *base)
{
    if (!member->optional)
        return FALSE;
    if (va_member_is_pointer(member))
        return *(const gconstpointer *)(gconstpointer)(base + member->offset) == NULL;
    return !*(const gboolean *)(gconstpointer)(base + member->has_offset);
}

/* Appends members and adds them to *@count, which counts those of the whole object. */
static void put_members(const VaType *type, const char *base, guint *count, VaOutput *output)
{
    for (guint i = 0; base && i < type->n_members; i++) {
        const VaMember *member = &type->members[i];

        if (is_absent(member, base))
            continue;
        put(output, (*count)++ > 0 ? ", \"" : "\"");
        put(output, member->name);
        put(output, "\": ");
        va_encode(member, base + member->offset, output);
    }
}

static void encode_struct(const VaMember *what, gconstpointer value, VaOutput *output)
{
    const char *base = *(const char *const *)value;
    const VaMember *variant = NULL;
    guint count = 0;

    put(output, "{");
    put_members(what->type, base, &count, output);
    if (base && what->kind == VA_KIND_UNION)
        variant = va_type_variant(what->type, base);
    if (variant)
        put_members(variant->type, *(const char *const *)(gconstpointer)(base + variant->offset),
                    &count, output);
    put(output, "}");
}

static void encode_alternate(const VaMember *what, gconstpointer value, VaOutput *output)
{
    const char *base = *(const char *const *)value;
    guint choice = base ? *(const guint *)(gconstpointer)base : G_MAXUINT;

    if (choice < what->type->n_members)
        va_encode(&what->type->members[choice], base + what->type->members[choice].offset, output);
    else
        put(output, "null");
}

static const Encode encoders[] = {
    [VA_KIND_INT] = encode_int,
    [VA_KIND_UINT64] = encode_uint64,
    [VA_KIND_UINT16] = encode_uint16,
    [VA_KIND_NUMBER] = encode_number,
    [VA_KIND_BOOL] = encode_bool,
    [VA_KIND_STR] = encode_str,
    [VA_KIND_BYTES] = encode_bytes,
    [VA_KIND_ENUM] = encode_enum,
    [VA_KIND_STRUCT] = encode_struct,
    [VA_KIND_UNION] = encode_struct,
    [VA_KIND_ALTERNATE] = encode_alternate,
};

static void encode_list(const VaMember *what, const GPtrArray *list, VaOutput *output)
{
    put(output, "[");
    for (guint i = 0; list && i < list->len; i++) {
        if (i > 0)
            put(output, ", ");
        encoders[what->kind](what, &list->pdata[i], output);
    }
    put(output, "]");
}

void va_encode(const VaMember *what, gconstpointer value, VaOutput *output)
{
    if (what->list)
        encode_list(what, *(GPtrArray *const *)value, output);
    else
        encoders[what->kind](what, value, output);
}
