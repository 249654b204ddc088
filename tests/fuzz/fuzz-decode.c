/* SPDX-License-Identifier: Apache-2.0 */
#include "../unit/every-kind.h"
#include "fake-stream.h"
#include "fuzz.h"
#include "schema-types.h"
#include "wire.h"
#include <string.h>

/*
 * The first byte selects a type, the rest is JSON.  What is decoded must encode to JSON that
 * decodes and encodes to the same text again.
 */
static const VaType *const types[] = {
    &every_type,
    &maybe_type,
    &guest_exec_in_type,
    &guest_file_seek_in_type,
    &guest_file_write_in_type,
    &guest_set_user_password_in_type,
    &guest_ssh_add_authorized_keys_in_type,
    &guest_agent_info_type,
    &guest_filesystem_info_type,
};

static GString *encode(const VaType *type, gconstpointer value)
{
    VaMember what = {.kind = type->kind, .type = type};
    g_autoptr(VaOutput) output = va_output_new();
    g_autoptr(FakeStream) fake = fake_stream_new();
    gsize pending;

    va_encode(&what, &value, output);
    pending = va_output_pending(output);
    g_assert_cmpint(va_output_send(output, fake_stream_end(fake), NULL), ==, OS_IO_DONE);
    g_assert_cmpuint(fake_stream_written(fake)->len, ==, pending);
    return g_string_new_len(fake_stream_written(fake)->str, (gssize)pending);
}

/* NULL if it is no document, or none of that type. */
static gpointer decode(const VaType *type, const char *json, gsize length)
{
    g_autoptr(VaWire) wire = va_wire_new();
    VaWireEvent event = VA_WIRE_MORE;
    VaDocument document;

    while (event == VA_WIRE_MORE && length > 0) {
        gsize size;
        char *space = va_wire_space(wire, &size);
        gsize part = MIN(size, length);

        memcpy(space, json, part);
        va_wire_received(wire, part);
        json += part;
        length -= part;
        event = va_wire_next(wire, &document, NULL);
    }
    if (event != VA_WIRE_DOCUMENT || va_json_kind(&document, 0) != VA_JSON_OBJECT)
        return NULL;
    return va_decode(type, &document, 0, NULL);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    const VaType *type = types[size > 0 ? data[0] % G_N_ELEMENTS(types) : 0];
    gpointer value = size > 0 ? decode(type, (const char *)data + 1, size - 1) : NULL;

    if (value) {
        g_autoptr(GString) text = encode(type, value);
        gpointer again = decode(type, text->str, text->len);
        g_autoptr(GString) same = NULL;

        g_assert_nonnull(again);
        same = encode(type, again);
        g_assert_true(g_string_equal(text, same));
        va_type_free(type, again);
    }
    va_type_free(type, value);
    return 0;
}
