/* SPDX-License-Identifier: Apache-2.0 */
#include "wire-events.h"

static void append_times(GString *out, const char *text, guint times)
{
    for (guint i = 0; i < times; i++)
        g_string_append(out, text);
}

/* One event for @bytes, then a reader as good as new that has given its memory back. */
static char *only_event(const GString *bytes)
{
    g_autoptr(VaWire) wire = va_wire_new();
    g_autoptr(GPtrArray) events = g_ptr_array_new_with_free_func(g_free);
    gsize size;

    feed(wire, bytes->str, bytes->len, cut_nowhere, events);
    g_assert_cmpuint(events->len, ==, 1);
    va_wire_space(wire, &size);
    g_assert_cmpuint(size, <=, 1536 * 1024);
    feed(wire, PING, strlen(PING), cut_nowhere, events);
    g_assert_cmpuint(events->len, ==, 2);
    g_assert_cmpstr(events->pdata[1], ==, PONG);
    return g_ptr_array_steal_index(events, 0);
}

static void test_depth_limit(void)
{
    for (guint over = 0; over <= 1; over++) {
        g_autoptr(GString) bytes = g_string_new(NULL);
        append_times(bytes, "[", VA_WIRE_DEPTH_MAX + over);
        append_times(bytes, "]", VA_WIRE_DEPTH_MAX + over);
        g_autofree char *event = only_event(bytes);
        g_string_truncate(bytes, VA_WIRE_DEPTH_MAX * 2);
        g_assert_cmpstr(event, ==, over ? "!JSON nesting depth limit exceeded" : bytes->str);
    }
}

static void test_token_limit(void)
{
    for (guint over = 0; over <= 1; over++) {
        g_autoptr(GString) bytes = g_string_new("[1");
        append_times(bytes, ",1", VA_WIRE_TOKENS_MAX / 2 - 2 + over);
        g_string_append_c(bytes, ']');
        g_autofree char *event = only_event(bytes);
        if (over)
            g_assert_cmpstr(event, ==, "!JSON token count limit exceeded");
        else
            g_assert_cmpstr(event + strlen(event) - 3, ==, " 1]");
    }
}

static GString *long_string(gsize length)
{
    GString *bytes = g_string_sized_new(length + 32);
    g_string_append(bytes, "[\"");
    g_string_set_size(bytes, bytes->len + length);
    memset(bytes->str + bytes->len - length, 'A', length);
    g_string_append(bytes, "\"]");
    return bytes;
}

static void test_size_limit(void)
{
    for (guint over = 0; over <= 1; over++) {
        g_autoptr(GString) bytes = long_string(VA_WIRE_TEXT_MAX + over);
        g_autofree char *event = only_event(bytes);
        if (over)
            g_assert_cmpstr(event, ==, "!JSON token size limit exceeded");
        else
            g_assert_cmpuint(strlen(event), ==, VA_WIRE_TEXT_MAX + 4);
    }
}

static void test_sum_limit(void)
{
    g_autoptr(GString) bytes = long_string(40 * 1024 * 1024);
    g_autoptr(GString) second = long_string(40 * 1024 * 1024);

    g_string_overwrite(bytes, (gssize)bytes->len - 1, ",");
    g_string_append_len(bytes, second->str + 1, (gssize)second->len - 1);
    g_autofree char *event = only_event(bytes);
    g_assert_cmpstr(event, ==, "!JSON token size limit exceeded");
}

/* Blanks inside a document take memory, so they count. */
static void test_blank_limit(void)
{
    for (guint over = 0; over <= 1; over++) {
        g_autoptr(GString) bytes = g_string_new("[");
        g_string_set_size(bytes, VA_WIRE_DOCUMENT_MAX - 1 + over);
        memset(bytes->str + 1, ' ', bytes->len - 1);
        g_string_append_c(bytes, ']');
        g_autofree char *event = only_event(bytes);
        g_assert_cmpstr(event, ==, over ? "!JSON token size limit exceeded" : "[]");
    }
}

static gsize cut_at_the_end(gsize left)
{
    return left > 200 ? left - 200 : 1;
}

static void test_string_end_beyond_limit(void)
{
    static const char *const tails[] = {
        "AAAAA\"]" PING,
        "AAAAA\\\"{}\"]" PING,
        "AAAAA\n" PING,
        "AA\"}]{,\\\"",
    };
    for (guint i = 0; i < G_N_ELEMENTS(tails); i++) {
        g_autoptr(GString) bytes = long_string(VA_WIRE_TEXT_MAX);
        g_string_truncate(bytes, bytes->len - 2);
        g_string_append(bytes, tails[i]);
        g_autoptr(GPtrArray) whole = events_of(bytes->str, bytes->len, cut_nowhere);
        g_autoptr(GPtrArray) cut = events_of(bytes->str, bytes->len, cut_at_the_end);
        g_ptr_array_add(whole, NULL);
        g_ptr_array_add(cut, NULL);
        g_assert_cmpstrv((char **)whole->pdata, (char **)cut->pdata);
        g_assert_cmpstr(whole->pdata[0], ==, "!JSON token size limit exceeded");
        g_assert_cmpstr(whole->pdata[1], ==, i < 3 ? PONG : NO_VALUE);
    }
}

static void test_many_members(void)
{
    g_autoptr(GString) bytes = g_string_new("{");
    for (guint i = 0; i < 100000; i++)
        g_string_append_printf(bytes, "%s\"%u\":{}", i > 0 ? "," : "", i * 7919 % 100003);
    g_string_append(bytes, "}");
    g_autofree char *unique = only_event(bytes);
    g_assert_cmpint(unique[0], ==, '{');
    g_string_truncate(bytes, bytes->len - 1);
    g_string_append(bytes, ",\"7919\":1}");
    g_autofree char *repeated = only_event(bytes);
    g_assert_cmpstr(repeated, ==, "!duplicate key");
}

/* A block in which bytes are lent out is not written to any more where they lie. */
static void test_lent_bytes_stay(void)
{
    g_autoptr(VaWire) wire = va_wire_new();
    g_autoptr(GString) request = g_string_new("\"");
    g_autoptr(GPtrArray) events = g_ptr_array_new_with_free_func(g_free);
    VaDocument document;
    gsize size, length;

    append_times(request, "QUJD", 12000);
    g_string_append(request, "\" \"un");
    memcpy(va_wire_space(wire, &size), request->str, request->len);
    va_wire_received(wire, request->len);
    g_assert_cmpint(va_wire_next(wire, &document, NULL), ==, VA_WIRE_DOCUMENT);
    g_autoptr(GBytes) bytes = va_document_bytes(&document, 0, NULL);
    for (guint i = 0; i < 200; i++)
        feed(wire, "finished\" \"un", 13, cut_nowhere, events);
    for (guint i = 0; i < 20000; i++)
        feed(wire, "        ", 8, cut_nowhere, events);
    const char *data = g_bytes_get_data(bytes, &length);
    g_assert_cmpuint(length, ==, 36000);
    for (gsize i = 0; i < length; i++)
        g_assert_cmpint(data[i], ==, "ABC"[i % 3]);
    g_assert_cmpuint(events->len, ==, 200);
    g_assert_cmpstr(events->pdata[199], ==, "\"unfinished\"");
}

/* A stream of such documents is not read in small steps, each of which moves what came before. */
static void test_room_after_lent_bytes(void)
{
    g_autoptr(VaWire) wire = va_wire_new();
    g_autoptr(GString) request = g_string_new("\"");
    VaDocument document = {0};
    gsize size;

    append_times(request, "QUJD", 350000);
    g_string_append(request, "\"");
    for (gsize at = 0; at < request->len; at += size) {
        char *space = va_wire_space(wire, &size);
        size = MIN(size, request->len - at);
        memcpy(space, request->str + at, size);
        va_wire_received(wire, size);
    }
    g_assert_cmpint(va_wire_next(wire, &document, NULL), ==, VA_WIRE_DOCUMENT);
    g_autoptr(GBytes) bytes = va_document_bytes(&document, 0, NULL);
    g_assert_nonnull(bytes);
    char *rest = va_wire_space(wire, &size); /* of the block that is lent out */
    memset(rest, ' ', size);
    va_wire_received(wire, size);
    va_wire_space(wire, &size);
    g_assert_cmpuint(size, ==, 1024 * 1024);
}

static double gigabytes_per_second(const GString *bytes, guint times)
{
    g_autoptr(VaWire) wire = va_wire_new();
    gint64 start = g_get_monotonic_time();

    for (guint i = 0; i < times; i++) {
        for (gsize at = 0, size; at < bytes->len; at += size) {
            VaDocument document;
            char *space = va_wire_space(wire, &size);
            size = MIN(size, bytes->len - at);
            memcpy(space, bytes->str + at, size);
            va_wire_received(wire, size);
            while (va_wire_next(wire, &document, NULL) == VA_WIRE_DOCUMENT)
                continue;
        }
    }
    return (double)bytes->len * times / 1000.0 / (double)(g_get_monotonic_time() - start);
}

static void test_throughput(void)
{
    g_autoptr(GString) payload = long_string(1400 * 1024);
    g_autoptr(GString) pings = g_string_new(NULL);

    append_times(pings, PING, 40000);
    g_test_message("a string of 1.4 MB: %.2f GB/s", gigabytes_per_second(payload, 100));
    g_test_message("guest-ping: %.2f million/s",
                   gigabytes_per_second(pings, 5) * 1000 / (double)strlen(PING));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/depth-is-limited", test_depth_limit);
    g_test_add_func("/wire/tokens-are-limited", test_token_limit);
    g_test_add_func("/wire/a-token-is-limited-and-memory-given-back", test_size_limit);
    g_test_add_func("/wire/all-tokens-together-are-limited", test_sum_limit);
    g_test_add_func("/wire/blanks-count", test_blank_limit);
    g_test_add_func("/wire/an-over-long-string-is-left-at-its-end", test_string_end_beyond_limit);
    g_test_add_func("/wire/many-members-are-quick", test_many_members);
    g_test_add_func("/wire/lent-bytes-stay", test_lent_bytes_stay);
    g_test_add_func("/wire/room-after-lent-bytes-is-large", test_room_after_lent_bytes);
    g_test_add_func("/wire/throughput", test_throughput);
    return g_test_run();
}
