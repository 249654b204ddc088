/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-stream.h"
#include "output.h"
#include <string.h>

#define MIB (1024u * 1024u)

/* A payload whose bytes depend on their place, so that a slip by one shows. */
static GBytes *payload_new(gsize size)
{
    guint8 *data = g_malloc(size);

    for (gsize i = 0; i < size; i++)
        data[i] = (guint8)(i * 7 + i / 251 + i / 65521);
    return g_bytes_new_take(data, size);
}

/* Adds a piece of each kind to the output and to what is expected of it. */
static void add_text(VaOutput *output, GString *expected, const char *text)
{
    g_string_append(va_output_text(output), text);
    g_string_append(expected, text);
}

static void add_payload(VaOutput *output, GString *expected, gsize size)
{
    g_autoptr(GBytes) bytes = payload_new(size);
    g_autofree char *base64 = g_base64_encode(g_bytes_get_data(bytes, NULL), size);

    va_output_base64(output, bytes);
    g_string_append(expected, base64);
}

static void assert_written(FakeStream *fake, const GString *expected)
{
    const GString *written = fake_stream_written(fake);

    g_assert_cmpuint(written->len, ==, expected->len);
    g_assert_true(memcmp(written->str, expected->str, expected->len) == 0);
}

static void assert_sends(VaOutput *output, FakeStream *fake, OsIo io)
{
    g_autoptr(GError) error = NULL;

    g_assert_cmpint(va_output_send(output, fake_stream_end(fake), &error), ==, io);
    g_assert_no_error(error);
}

static void test_small(void)
{
    g_autoptr(VaOutput) output = va_output_new();
    g_autoptr(FakeStream) fake = fake_stream_new();
    const void *text;

    g_string_append(va_output_text(output), "{\"return\": {}}\n");
    text = va_output_text(output)->str;
    assert_sends(output, fake, OS_IO_DONE);
    g_assert_cmpuint(fake_stream_writes(fake), ==, 1);
    g_assert_true(fake_stream_last_buffer(fake) == text);
    g_assert_cmpstr(fake_stream_written(fake)->str, ==, "{\"return\": {}}\n");
}

static void test_nothing(void)
{
    g_autoptr(VaOutput) output = va_output_new();
    g_autoptr(FakeStream) fake = fake_stream_new();
    g_autoptr(GBytes) empty = g_bytes_new(NULL, 0);

    va_output_base64(output, empty);
    g_assert_cmpuint(va_output_pending(output), ==, 0);
    fake_stream_end_writes(fake);
    assert_sends(output, fake, OS_IO_DONE);
    va_output_free(NULL);
}

static void test_pipelined(void)
{
    g_autoptr(VaOutput) output = va_output_new();
    g_autoptr(FakeStream) fake = fake_stream_new();
    g_autoptr(GString) expected = g_string_new(NULL);

    for (guint i = 0; i < 1000; i++)
        add_text(output, expected, "{\"return\": {}}\n");
    g_assert_cmpuint(va_output_pending(output), ==, expected->len);
    assert_sends(output, fake, OS_IO_DONE);
    g_assert_cmpuint(fake_stream_writes(fake), ==, 1);
    assert_written(fake, expected);
}

static void test_long_text(void)
{
    g_autoptr(VaOutput) output = va_output_new();
    g_autoptr(FakeStream) fake = fake_stream_new();
    g_autoptr(GString) expected = g_string_new(NULL);
    g_autofree char *text = g_strnfill(MIB, 'x');

    add_text(output, expected, text);
    add_payload(output, expected, 10);
    assert_sends(output, fake, OS_IO_DONE);
    g_assert_cmpuint(fake_stream_writes(fake), ==, 2);
    assert_written(fake, expected);
}

/* Around a payload's ends, and around the ends of slices and of groups of three. */
static void test_sizes(void)
{
    const gsize sizes[] = {1,      2,      3,      4,      5,      4096, 196600,
                           196606, 196607, 196608, 196609, 393216, MIB};

    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        for (guint before = 0; before < 6; before++) {
            g_autoptr(VaOutput) output = va_output_new();
            g_autoptr(FakeStream) fake = fake_stream_new();
            g_autoptr(GString) expected = g_string_new(NULL);

            add_text(output, expected, &"12345"[before]);
            add_payload(output, expected, sizes[i]);
            add_text(output, expected, "}\n");
            g_assert_cmpuint(va_output_pending(output), ==, expected->len);
            assert_sends(output, fake, OS_IO_DONE);
            g_assert_cmpuint(va_output_pending(output), ==, 0);
            assert_written(fake, expected);
        }
    }
}

static void test_few_writes(void)
{
    g_autoptr(VaOutput) output = va_output_new();
    g_autoptr(FakeStream) fake = fake_stream_new();
    g_autoptr(GString) expected = g_string_new(NULL);

    add_text(output, expected, "{\"return\": {\"count\": 1048576, \"buf-b64\": \"");
    add_payload(output, expected, MIB);
    add_text(output, expected, "\", \"eof\": false}}\n");
    assert_sends(output, fake, OS_IO_DONE);
    g_assert_cmpuint(fake_stream_writes(fake), ==, 8); /* slices of 192 KiB */
    assert_written(fake, expected);
}

static void test_side_by_side(void)
{
    g_autoptr(VaOutput) output = va_output_new();
    g_autoptr(FakeStream) fake = fake_stream_new();
    g_autoptr(GString) expected = g_string_new(NULL);

    add_payload(output, expected, 5000);
    add_payload(output, expected, 5001);
    add_text(output, expected, "|");
    add_payload(output, expected, 300000);
    add_payload(output, expected, 1);
    assert_sends(output, fake, OS_IO_DONE);
    g_assert_cmpuint(fake_stream_writes(fake), ==, 3);
    assert_written(fake, expected);
}

/* A peer that takes @most bytes per write and @total before each pause. */
static void check_resumes(gsize most, gsize total)
{
    g_autoptr(VaOutput) output = va_output_new();
    g_autoptr(FakeStream) fake = fake_stream_new();
    g_autoptr(GString) expected = g_string_new(NULL);
    g_autofree char *text = g_strnfill(300000, 't');
    OsIo io = OS_IO_AGAIN;

    fake_stream_limit_write(fake, most);
    add_text(output, expected, "head ");
    add_payload(output, expected, 300001);
    add_text(output, expected, text);
    add_payload(output, expected, 4097);
    for (guint round = 0; io == OS_IO_AGAIN; round++) {
        fake_stream_limit_total(fake, total);
        io = va_output_send(output, fake_stream_end(fake), NULL);
        if (round < 3)
            add_text(output, expected, " tail");
        g_assert_cmpuint(va_output_pending(output), ==,
                         expected->len - fake_stream_written(fake)->len);
    }
    fake_stream_limit_total(fake, G_MAXSIZE);
    assert_sends(output, fake, OS_IO_DONE);
    assert_written(fake, expected);
}

static void test_resumes(void)
{
    check_resumes(G_MAXSIZE, 99991);
    check_resumes(212992, 212992);
    check_resumes(1000, 65536);
    check_resumes(257, 1021);
    check_resumes(G_MAXSIZE, 262144);
    check_resumes(65536, 7);
}

static void test_slow_peer(void)
{
    g_autoptr(VaOutput) output = va_output_new();
    g_autoptr(FakeStream) fake = fake_stream_new();
    g_autofree char *line = g_strnfill(1000, 'x');

    g_string_append(va_output_text(output), line);
    for (guint i = 0; i < 10000; i++) {
        g_string_append(va_output_text(output), line);
        fake_stream_limit_total(fake, 1000);
        assert_sends(output, fake, OS_IO_AGAIN);
        g_assert_cmpuint(va_output_pending(output), ==, 1000);
        fake_stream_forget(fake);
    }
    g_assert_cmpuint(va_output_text(output)->len, <, MIB);
}

static void test_gives_back(void)
{
    g_autoptr(VaOutput) output = va_output_new();
    g_autoptr(FakeStream) fake = fake_stream_new();
    g_autofree char *text = g_strnfill(4 * MIB, 'x');

    g_string_append(va_output_text(output), text);
    g_assert_cmpuint(va_output_text(output)->allocated_len, >, 4 * MIB);
    assert_sends(output, fake, OS_IO_DONE);
    g_assert_cmpuint(va_output_text(output)->allocated_len, <=, MIB / 4);
}

static void note_free(gpointer data)
{
    *(gboolean *)data = TRUE;
}

static void test_references(void)
{
    g_autoptr(VaOutput) output = va_output_new();
    g_autoptr(FakeStream) fake = fake_stream_new();
    g_autofree guint8 *data = g_malloc0(MIB);
    gboolean freed = FALSE;
    GBytes *bytes = g_bytes_new_with_free_func(data, MIB, note_free, &freed);

    va_output_base64(output, bytes);
    g_bytes_unref(bytes);
    fake_stream_limit_total(fake, 1000);
    assert_sends(output, fake, OS_IO_AGAIN);
    g_assert_false(freed);
    fake_stream_limit_total(fake, G_MAXSIZE);
    assert_sends(output, fake, OS_IO_DONE);
    g_assert_true(freed);
}

static void test_gone(void)
{
    g_autoptr(VaOutput) output = va_output_new();
    g_autoptr(FakeStream) fake = fake_stream_new();
    g_autoptr(GString) expected = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    add_payload(output, expected, MIB);
    fake_stream_end_writes(fake);
    assert_sends(output, fake, OS_IO_END);
    fake_stream_fail_writes(fake, "no more paper");
    g_assert_cmpint(va_output_send(output, fake_stream_end(fake), &error), ==, OS_IO_FAILED);
    g_assert_cmpstr(error->message, ==, "no more paper");
    g_assert_cmpuint(va_output_pending(output), ==, expected->len);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/output/a-small-reply-is-one-write-without-a-copy", test_small);
    g_test_add_func("/output/nothing-to-send-writes-nothing", test_nothing);
    g_test_add_func("/output/pipelined-replies-share-a-write", test_pipelined);
    g_test_add_func("/output/long-text-is-written-at-once", test_long_text);
    g_test_add_func("/output/a-payload-of-any-size-arrives-whole", test_sizes);
    g_test_add_func("/output/a-payload-takes-few-writes", test_few_writes);
    g_test_add_func("/output/payloads-may-stand-side-by-side", test_side_by_side);
    g_test_add_func("/output/partial-writes-resume-at-the-right-byte", test_resumes);
    g_test_add_func("/output/a-peer-that-never-catches-up-costs-no-memory", test_slow_peer);
    g_test_add_func("/output/large-memory-is-given-back-once-empty", test_gives_back);
    g_test_add_func("/output/a-payload-is-kept-until-it-is-encoded", test_references);
    g_test_add_func("/output/a-peer-that-is-gone-is-reported", test_gone);
    return g_test_run();
}
