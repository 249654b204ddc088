/* SPDX-License-Identifier: Apache-2.0 */
#include "document.h"
#include "base64.h"
#include "error.h"
#include "json-text.h"
#include "text.h"
#include <string.h>

/* Bytes from here up are lent out instead of copied, if they are at least this part of the memory
 * they keep alive. */
#define LEND_MIN  (16u * 1024)
#define LEND_PART 4u

static const VaToken *token_of(const VaDocument *document, VaJson value)
{
    return &document->tokens[value];
}

VaJson va_json_member(const VaDocument *document, VaJson object, const char *name)
{
    if (object >= document->n_tokens || va_json_kind(document, object) != VA_JSON_OBJECT)
        return 0;
    gsize length = strlen(name);
    VaJson key = object + 1;
    for (guint32 n = token_of(document, object)->length; n > 0; n--) {
        const VaToken *token = token_of(document, key);
        if (token->length == length && memcmp(document->text + token->start, name, length) == 0)
            return token->next;
        key = token_of(document, token->next)->next;
    }
    return 0;
}

/* The absolute value of an INTEGER. */
static gboolean magnitude(const VaDocument *document, VaJson value, gboolean *negative,
                          guint64 *number)
{
    const VaToken *token = token_of(document, value);
    const char *digits = va_json_text(document, value);
    guint64 result = 0;

    if (va_json_kind(document, value) != VA_JSON_INTEGER)
        return FALSE;
    for (guint32 i = digits[0] == '-'; i < token->length; i++) {
        if (!g_uint64_checked_mul(&result, result, 10) ||
            !g_uint64_checked_add(&result, result, (guint64)(digits[i] - '0')))
            return FALSE;
    }
    *negative = digits[0] == '-';
    *number = result;
    return TRUE;
}

gboolean va_json_int64(const VaDocument *document, VaJson value, gint64 *number)
{
    gboolean negative;
    guint64 size;

    if (!magnitude(document, value, &negative, &size) || size > (guint64)G_MAXINT64 + negative)
        return FALSE;
    *number = (gint64)(negative ? -size : size);
    return TRUE;
}

gboolean va_json_uint64(const VaDocument *document, VaJson value, guint64 *number)
{
    gboolean negative;
    guint64 size;

    if (!magnitude(document, value, &negative, &size) || (negative && size > 0))
        return FALSE;
    *number = size;
    return TRUE;
}

gboolean va_json_double(const VaDocument *document, VaJson value, double *number)
{
    VaJsonKind kind = va_json_kind(document, value);

    if (kind != VA_JSON_INTEGER && kind != VA_JSON_FRACTION)
        return FALSE;
    g_autofree char *text =
        g_strndup(va_json_text(document, value), token_of(document, value)->length);
    double result = g_ascii_strtod(text, NULL);
    if (!va_json_is_finite(result))
        return FALSE;
    *number = result;
    return TRUE;
}

/* Recursion is bounded by VA_WIRE_DEPTH_MAX. */
static void write_container(const VaDocument *document, VaJson value, GString *out)
{
    gboolean is_object = va_json_kind(document, value) == VA_JSON_OBJECT;
    VaJson end = token_of(document, value)->next;

    g_string_append_c(out, is_object ? '{' : '[');
    for (VaJson item = value + 1; item < end; item = token_of(document, item)->next) {
        if (item != value + 1)
            g_string_append(out, ", ");
        va_json_write(document, item, out);
        if (is_object) {
            item = token_of(document, item)->next;
            g_string_append(out, ": ");
            va_json_write(document, item, out);
        }
    }
    g_string_append_c(out, is_object ? '}' : ']');
}

void va_json_write(const VaDocument *document, VaJson value, GString *out)
{
    const VaToken *token = token_of(document, value);
    const char *text = va_json_text(document, value);

    switch (va_json_kind(document, value)) {
    case VA_JSON_NULL:
        g_string_append(out, "null");
        break;
    case VA_JSON_FALSE:
        g_string_append(out, "false");
        break;
    case VA_JSON_TRUE:
        g_string_append(out, "true");
        break;
    case VA_JSON_INTEGER:
    case VA_JSON_FRACTION:
        g_string_append_len(out, text, token->length);
        break;
    case VA_JSON_STRING:
        va_json_put_string(out, text, token->length);
        break;
    case VA_JSON_ARRAY:
    case VA_JSON_OBJECT:
        write_container(document, value, out);
        break;
    }
}

static gboolean worth_lending(const VaDocument *document, gsize size)
{
    return document->owner && size >= LEND_MIN && size >= document->owner->capacity / LEND_PART;
}

GBytes *va_document_bytes(const VaDocument *document, VaJson value, GError **error)
{
    char *text = document->text + token_of(document, value)->start;
    gsize size;

    if (!va_base64_decode(text, token_of(document, value)->length, (guint8 *)text, &size)) {
        va_fail(error, "Base64 data contains invalid characters");
        return NULL;
    }
    if (!worth_lending(document, size))
        return g_bytes_new(text, size);
    return g_bytes_new_with_free_func(text, size, (GDestroyNotify)va_text_unref,
                                      va_text_ref(document->owner));
}
