/* SPDX-License-Identifier: Apache-2.0 */
#include "base64.h"
#include "document.h"
#include "wire.h"
#include <string.h>

typedef struct {
    VaWire *wire;
    VaDocument document;
} Parsed;

/* A document lives as long as its reader is left alone. */
static Parsed parse(const char *text)
{
    Parsed parsed = {.wire = va_wire_new()};
    gsize size;

    for (gsize at = 0, left = strlen(text); left > 0; at += size, left -= size) {
        char *space = va_wire_space(parsed.wire, &size);
        size = MIN(size, left);
        memcpy(space, text + at, size);
        va_wire_received(parsed.wire, size);
        if (va_wire_next(parsed.wire, &parsed.document, NULL) == VA_WIRE_DOCUMENT)
            return parsed;
    }
    g_assert_not_reached();
}

static void parsed_clear(Parsed *parsed)
{
    va_wire_free(parsed->wire);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Parsed, parsed_clear)

static void test_members(void)
{
    g_auto(Parsed) p = parse("{\"a\":{\"b\":1,\"x\":2},\"b\":[3,{\"c\":4}],\"c\":'five','':6}");
    const VaDocument *d = &p.document;

    g_assert_cmpint(va_json_kind(d, va_json_member(d, 0, "a")), ==, VA_JSON_OBJECT);
    g_assert_cmpint(va_json_kind(d, va_json_member(d, 0, "b")), ==, VA_JSON_ARRAY);
    g_assert_cmpstr(va_json_text(d, va_json_member(d, 0, "c")), ==, "five");
    g_assert_cmpint(va_json_kind(d, va_json_member(d, 0, "")), ==, VA_JSON_INTEGER);
    g_assert_cmpuint(va_json_member(d, 0, "x"), ==, 0);
    g_assert_cmpuint(va_json_member(d, 0, "bb"), ==, 0);
    g_assert_cmpuint(va_json_member(d, va_json_member(d, 0, "b"), "c"), ==, 0);
    g_assert_cmpuint(va_json_member(d, va_json_member(d, 0, "a"), "x"), !=, 0);
}

static void test_no_tokens(void)
{
    const VaDocument nothing = {0};
    g_assert_cmpuint(va_json_member(&nothing, 0, "a"), ==, 0);
}

static void test_layout(void)
{
    g_auto(Parsed) p = parse("{\"a\":[10,\"x\"],\"b\":{},\"c\":true}");
    const VaToken *t = p.document.tokens;

    g_assert_cmpuint(p.document.n_tokens, ==, 9);
    g_assert_cmpuint(t[0].length, ==, 3);
    g_assert_cmpuint(t[0].next, ==, 9);
    g_assert_cmpuint(t[2].kind, ==, VA_JSON_ARRAY);
    g_assert_cmpuint(t[2].length, ==, 2);
    g_assert_cmpuint(t[2].next, ==, 5);
    g_assert_cmpuint(t[3].length, ==, 2);
    g_assert_cmpuint(t[6].kind, ==, VA_JSON_OBJECT);
    g_assert_cmpuint(t[6].length, ==, 0);
    g_assert_cmpuint(t[8].kind, ==, VA_JSON_TRUE);
}

static void test_int64(void)
{
    static const struct {
        const char *text;
        gboolean fits;
        gint64 number;
    } rows[] = {
        {"0 ", TRUE, 0},
        {"-0 ", TRUE, 0},
        {"9223372036854775807 ", TRUE, G_MAXINT64},
        {"-9223372036854775808 ", TRUE, G_MININT64},
        {"9223372036854775808 ", FALSE, 0},
        {"-9223372036854775809 ", FALSE, 0},
        {"18446744073709551616 ", FALSE, 0},
        {"99999999999999999999999 ", FALSE, 0},
        {"1.0 ", FALSE, 0},
        {"1e2 ", FALSE, 0},
        {"'1'", FALSE, 0},
        {"null ", FALSE, 0},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(Parsed) p = parse(rows[i].text);
        gint64 number = 4711;
        g_assert_cmpint(va_json_int64(&p.document, 0, &number), ==, rows[i].fits);
        g_assert_cmpint(number, ==, rows[i].fits ? rows[i].number : 4711);
    }
}

static void test_uint64(void)
{
    static const struct {
        const char *text;
        gboolean fits;
        guint64 number;
    } rows[] = {
        {"18446744073709551615 ", TRUE, G_MAXUINT64},
        {"18446744073709551616 ", FALSE, 0},
        {"-1 ", FALSE, 0},
        {"-0 ", TRUE, 0},
        {"0.0 ", FALSE, 0},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(Parsed) p = parse(rows[i].text);
        guint64 number = 4711;
        g_assert_cmpint(va_json_uint64(&p.document, 0, &number), ==, rows[i].fits);
        g_assert_cmpuint(number, ==, rows[i].fits ? rows[i].number : 4711);
    }
}

static void test_double(void)
{
    g_autofree char *digits = g_strnfill(400, '9');
    g_autofree char *huge = g_strconcat("[2,-0.5,1e3,\"1\",", digits, "]", NULL);
    g_auto(Parsed) p = parse(huge);
    double number = 0;

    g_assert_true(va_json_double(&p.document, 1, &number) && number == 2);
    g_assert_true(va_json_double(&p.document, 2, &number) && number == -0.5);
    g_assert_true(va_json_double(&p.document, 3, &number) && number == 1000);
    g_assert_false(va_json_double(&p.document, 4, &number));
    g_assert_false(va_json_double(&p.document, 5, &number));
    g_assert_true(number == 1000);
}

static void test_write(void)
{
    static const char *const rows[][2] = {
        {"{'b':[1.10,-0,1E5,{}],'a':{'x':[]},'n':null,'t':true,'f':false}",
         "{\"b\": [1.10, -0, 1E5, {}], \"a\": {\"x\": []}, \"n\": null, \"t\": true, "
         "\"f\": false}"},
        {"123456789012345678901234567890 ", "123456789012345678901234567890"},
        {"\"\\u0000\xC3\xA4/'\"", "\"\\u0000\\u00E4/'\""},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(Parsed) p = parse(rows[i][0]);
        g_autoptr(GString) out = g_string_new("> ");
        va_json_write(&p.document, 0, out);
        g_assert_cmpstr(out->str + 2, ==, rows[i][1]);
    }
}

static void assert_bytes(GBytes *bytes, const char *expected)
{
    g_autoptr(GBytes) other = g_bytes_new_static(expected, strlen(expected));
    g_assert_true(g_bytes_equal(bytes, other));
}

static void test_bytes(void)
{
    g_auto(Parsed) p = parse("['Zm9v','','Zm9v\\nYmFy\\n','YWI','====','A B=']");
    static const char *const expected[] = {"foo", "", "foobar", NULL, NULL, NULL};

    for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) bytes = va_document_bytes(&p.document, i + 1, &error);
        if (!expected[i]) {
            g_assert_null(bytes);
            g_assert_cmpstr(error->message, ==, "Base64 data contains invalid characters");
            continue;
        }
        g_assert_no_error(error);
        assert_bytes(bytes, expected[i]);
    }
}

/* Around the sizes from which memory is lent out: the bytes outlive the reader either way. */
static void test_bytes_outlive_reader(void)
{
    static const gsize sizes[] = {1, 16383, 16384, 16385, 100000, 3000000};

    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autofree guint8 *data = g_malloc(sizes[i]);
        for (gsize k = 0; k < sizes[i]; k++)
            data[k] = (guint8)(k * 7 + k / 256);
        g_autofree char *base64 = g_base64_encode(data, sizes[i]);
        g_autofree char *text = g_strconcat("{\"execute\":\"x\",\"b\":\"", base64, "\"}", NULL);
        g_auto(Parsed) p = parse(text);
        VaJson value = va_json_member(&p.document, 0, "b");
        g_autoptr(GBytes) bytes = va_document_bytes(&p.document, value, NULL);
        g_autoptr(GBytes) expected = g_bytes_new(data, sizes[i]);
        g_clear_pointer(&p.wire, va_wire_free);
        g_assert_true(g_bytes_equal(bytes, expected));
    }
}

static void test_foreign_text(void)
{
    char text[] = "'Zm9v'";
    const VaToken token = {VA_JSON_STRING, 1, 1, 4};
    const VaDocument document = {.text = text, .tokens = &token, .n_tokens = 1};
    g_autoptr(GBytes) bytes = va_document_bytes(&document, 0, NULL);
    assert_bytes(bytes, "foo");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/document/members-are-found-by-name", test_members);
    g_test_add_func("/document/no-tokens-have-no-members", test_no_tokens);
    g_test_add_func("/document/each-value-skips-to-the-next", test_layout);
    g_test_add_func("/document/signed-integers-are-exact", test_int64);
    g_test_add_func("/document/unsigned-integers-are-exact", test_uint64);
    g_test_add_func("/document/doubles-are-finite", test_double);
    g_test_add_func("/document/writing-keeps-order-and-digits", test_write);
    g_test_add_func("/document/base64-is-strict", test_bytes);
    g_test_add_func("/document/bytes-outlive-the-reader", test_bytes_outlive_reader);
    g_test_add_func("/document/text-may-belong-to-somebody-else", test_foreign_text);
    return g_test_run();
}
