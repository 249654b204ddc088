/* SPDX-License-Identifier: Apache-2.0 */
#include "failure.h"
#include "reply.h"
#include "wire.h"

#include <string.h>

typedef struct {
    VaWire *wire;
    VaDocument document;
    Reply reply;
} Read;

/* The reply to "guest-x" that @text is; FALSE if it is not taken for one. */
static gboolean read_reply(Read *read, const char *text, GError **error)
{
    gsize size = 0;
    g_clear_pointer(&read->wire, va_wire_free);
    read->wire = va_wire_new();
    g_assert_cmpuint(strlen(text), <=, (va_wire_space(read->wire, &size), size));
    memcpy(va_wire_space(read->wire, &size), text, strlen(text));
    va_wire_received(read->wire, strlen(text));
    g_assert_cmpint(va_wire_next(read->wire, &read->document, NULL), ==, VA_WIRE_DOCUMENT);
    return reply_read(&read->document, "guest-x", &read->reply, error);
}

static void clear(Read *read)
{
    va_wire_free(read->wire);
}

static void test_what_is_no_reply_is_refused(void)
{
    static const char *const texts[] = {
        "[]",
        "{}",
        "{\"id\": 1}",
        "{\"return\": 1, \"error\": {\"desc\": \"x\"}}",
        "{\"error\": {}}",
        "{\"error\": \"x\"}",
        "{\"error\": {\"class\": \"GenericError\", \"desc\": 1}}",
    };
    Read read = {0};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_false(read_reply(&read, texts[i], &error));
        g_assert_error(error, FAILURE, FAILURE_PROTOCOL);
    }
    clear(&read);
}

static void test_a_refusal_carries_the_agents_words(void)
{
    Read read = {0};
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) unknown = NULL;
    g_assert_true(read_reply(
        &read, "{\"error\": {\"class\": \"GenericError\", \"desc\": \"no way\"}, \"id\": 3}",
        NULL));
    g_assert_false(reply_check(&read.reply, &error));
    g_assert_error(error, FAILURE, FAILURE_AGENT);
    g_assert_cmpstr(error->message, ==, "guest-x: no way");
    g_assert_true(read_reply(
        &read, "{\"error\": {\"desc\": \"gone\", \"class\": \"CommandNotFound\"}}", NULL));
    g_assert_false(reply_check(&read.reply, &unknown));
    g_assert_error(unknown, FAILURE, FAILURE_AGENT_UNKNOWN);
    clear(&read);
}

static void test_null_and_zero_are_return_values(void)
{
    Read read = {0};
    gint64 number = 1;
    g_assert_true(read_reply(&read, "{\"return\": 0}", NULL));
    g_assert_true(reply_check(&read.reply, NULL));
    g_assert_true(reply_integer(&read.reply, &number, NULL));
    g_assert_cmpint(number, ==, 0);
    g_assert_true(read_reply(&read, "{\"return\": null}", NULL));
    g_assert_false(reply_integer(&read.reply, &number, NULL));
    clear(&read);
}

static void check_no_integer(const char *text)
{
    Read read = {0};
    g_autoptr(GError) error = NULL;
    gint64 number = 77;
    g_assert_true(read_reply(&read, text, NULL));
    g_assert_false(reply_get_integer(&read.reply, "count", &number, &error));
    g_assert_error(error, FAILURE, FAILURE_PROTOCOL);
    g_assert_cmpint(number, ==, 77);
    clear(&read);
}

static void test_numbers_are_whole_and_in_range(void)
{
    check_no_integer("{\"return\": {}}");
    check_no_integer("{\"return\": []}");
    check_no_integer("{\"return\": 5}");
    check_no_integer("{\"return\": {\"count\": \"5\"}}");
    check_no_integer("{\"return\": {\"count\": 5.0}}");
    check_no_integer("{\"return\": {\"count\": 9223372036854775808}}");
    check_no_integer("{\"return\": {\"count\": null}}");
}

static void test_bytes_are_strict_base64(void)
{
    Read read = {0};
    g_autoptr(GBytes) bytes = NULL, none = NULL;
    g_assert_true(
        read_reply(&read, "{\"return\": {\"a\": \"AAEC\", \"b\": \"AAE\", \"c\": 1}}", NULL));
    g_assert_true(reply_get_bytes(&read.reply, "a", &bytes, NULL));
    g_autoptr(GBytes) expected = g_bytes_new_static("\0\1\2", 3);
    g_assert_true(g_bytes_equal(bytes, expected));
    g_assert_true(reply_get_bytes(&read.reply, "missing", &none, NULL));
    g_assert_null(none);
    g_assert_false(reply_get_bytes(&read.reply, "b", &none, NULL));
    g_assert_false(reply_get_bytes(&read.reply, "c", &none, NULL));
    clear(&read);
}

static guint count(const Reply *reply, VaJson list)
{
    guint n = 0;
    for (VaJson item = reply_first(reply, list); item; item = reply_next(reply, list, item))
        n++;
    return n;
}

static void test_only_lists_have_elements(void)
{
    Read read = {0};
    g_assert_true(
        read_reply(&read, "{\"return\": [1, [2, 3], {\"a\": [4]}, \"x\"], \"id\": 9}", NULL));
    g_assert_cmpuint(count(&read.reply, read.reply.value), ==, 4);
    g_assert_true(read_reply(&read, "{\"return\": [], \"id\": [1]}", NULL));
    g_assert_cmpuint(count(&read.reply, read.reply.value), ==, 0);
    g_assert_true(read_reply(&read, "{\"return\": {\"a\": 1}}", NULL));
    g_assert_cmpuint(count(&read.reply, read.reply.value), ==, 0);
    clear(&read);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/reply/what-is-no-reply-is-refused", test_what_is_no_reply_is_refused);
    g_test_add_func("/reply/a-refusal-carries-the-agents-words",
                    test_a_refusal_carries_the_agents_words);
    g_test_add_func("/reply/null-and-zero-are-return-values", test_null_and_zero_are_return_values);
    g_test_add_func("/reply/numbers-are-whole-and-in-range", test_numbers_are_whole_and_in_range);
    g_test_add_func("/reply/bytes-are-strict-base64", test_bytes_are_strict_base64);
    g_test_add_func("/reply/only-lists-have-elements", test_only_lists_have_elements);
    return g_test_run();
}
