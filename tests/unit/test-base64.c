/* SPDX-License-Identifier: Apache-2.0 */
#include "base64.h"
#include <string.h>

static guint8 *random_bytes(gsize size)
{
    guint8 *bytes = g_malloc(size + 1);
    for (gsize i = 0; i < size; i++)
        bytes[i] = (guint8)g_test_rand_int();
    return bytes;
}

/* Decodes in place, as the reader does, in memory that is exactly large enough. */
static gboolean decodes_to(const char *text, gsize length, const void *bytes, gsize size)
{
    g_autofree char *copy = g_memdup2(text, length);
    gsize got;
    return va_base64_decode(copy, length, (guint8 *)copy, &got) && got == size &&
           (size == 0 || memcmp(copy, bytes, size) == 0);
}

static void test_rfc_vectors(void)
{
    static const char *const rows[][2] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        gsize size = strlen(rows[i][0]), length = VA_BASE64_LENGTH(size);
        g_autofree char *text = g_malloc0(length + 1);
        va_base64_encode((const guint8 *)rows[i][0], size, text);
        g_assert_cmpstr(text, ==, rows[i][1]);
        g_assert_true(decodes_to(text, length, rows[i][0], size));
    }
}

static void test_agrees_with_glib(void)
{
    for (gsize size = 0; size < 200; size++) {
        g_autofree guint8 *spare = random_bytes(size);
        g_autofree guint8 *bytes = size > 0 ? g_memdup2(spare, size) : NULL;
        gsize length = VA_BASE64_LENGTH(size);
        g_autofree char *text = g_malloc(length + 1);
        g_autofree char *reference = g_base64_encode(spare, size);

        text[length] = '\0';
        va_base64_encode(bytes, size, text);
        g_assert_cmpstr(text, ==, reference);
        g_assert_true(decodes_to(text, length, bytes, size));
    }
}

/* In all places of a text, not only where a fast path looks. */
static void test_every_byte_is_judged(void)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (guint c = 1; c < 256; c++) {
        gboolean is_digit = strchr(alphabet, (int)c) != NULL;
        for (gsize place = 0; place < 20; place++) {
            char text[] = "AAAAAAAAAAAAAAAAAAAA";
            gsize size;
            text[place] = (char)c;
            gboolean ok = va_base64_decode(text, 20, (guint8 *)text, &size);
            /* Padding may stand at the end, a line break makes a group too short. */
            g_assert_cmpint(ok, ==, is_digit || (c == '=' && place == 19));
        }
    }
}

static void test_line_breaks(void)
{
    static const char *const texts[] = {
        "Zm9vYmFyZm9v",       "Zm9vYmFyZm9v\n",       "\r\nZm9vYmFyZm9v",
        "Zm9v\nYmFy\nZm9v\n", "Zm9v\r\nYmFyZm9v\r\n", "Z\nm\n9\nv\nY\nm\nF\nyZm9v",
        "Zm9vYm\n\n\nFyZm9v",
    };
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        g_assert_true(decodes_to(texts[i], strlen(texts[i]), "foobarfoo", 9));
    g_assert_true(decodes_to("Zm9vYg=\n=\n\n", 11, "foob", 4));
    g_assert_true(decodes_to("\n\r\n", 3, "", 0));
}

static void test_lines_of_any_width(void)
{
    g_autofree guint8 *bytes = random_bytes(1000);
    g_autofree char *text = g_base64_encode(bytes, 1000);

    for (guint width = 1; width < 100; width++) {
        g_autoptr(GString) lines = g_string_new(NULL);
        for (gsize at = 0; at < strlen(text); at += width)
            g_string_append_printf(lines, "%.*s%s", (int)width, text + at,
                                   width % 2 ? "\n" : "\r\n");
        g_assert_true(decodes_to(lines->str, lines->len, bytes, 1000));
    }
}

static void test_refusals(void)
{
    static const char *const texts[] = {
        "A",         "AA",       "AAA",           "AA=",       "====",        "A===",
        "=AAA",      "AA=A",     "AA==AAAA",      "AA==A",     "AAA=AAAA",    "AA===",
        "AAAA=",     "AAAA====", "AB==",          "AAB=",      "A-A_",        "AA AA",
        "AAAA AAAA", "AAA\t",    "AAAAAAAAAAAA=", "A\xC3\xA4", "AAAAAAA\x80", "YWI",
    };
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *text = g_strdup(texts[i]);
        gsize size = 4711;
        g_assert_false(va_base64_decode(text, strlen(text), (guint8 *)text, &size));
        g_assert_cmpuint(size, ==, 4711);
    }
}

static void test_throughput(void)
{
    const guint rounds = 20;
    const gsize size = 3 * 1024 * 1024, length = VA_BASE64_LENGTH(size);
    g_autofree guint8 *bytes = random_bytes(size);
    g_autofree char *text = g_malloc(length);
    gsize got;

    gint64 start = g_get_monotonic_time();
    for (guint i = 0; i < rounds; i++)
        va_base64_encode(bytes, size, text);
    gint64 middle = g_get_monotonic_time();
    for (guint i = 0; i < rounds; i++)
        g_assert_true(va_base64_decode(text, length, bytes, &got));
    gint64 end = g_get_monotonic_time();
    g_test_message("encoding %.2f GB/s, decoding %.2f GB/s of text",
                   (double)length * rounds / 1000 / (double)(middle - start),
                   (double)length * rounds / 1000 / (double)(end - middle));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/base64/the-vectors-of-rfc-4648", test_rfc_vectors);
    g_test_add_func("/base64/agrees-with-glib-at-every-length", test_agrees_with_glib);
    g_test_add_func("/base64/every-byte-is-judged-in-every-place", test_every_byte_is_judged);
    g_test_add_func("/base64/line-breaks-may-stand-anywhere", test_line_breaks);
    g_test_add_func("/base64/lines-may-have-any-width", test_lines_of_any_width);
    g_test_add_func("/base64/what-is-not-strict-is-refused", test_refusals);
    g_test_add_func("/base64/throughput", test_throughput);
    return g_test_run();
}
