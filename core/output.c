/* SPDX-License-Identifier: Apache-2.0 */
#include "output.h"
#include "base64.h"
#include <string.h>

/* Payloads are encoded, and sent, in slices of this many bytes: small enough to stay in a cache and
 * to go into a socket whole (212992 bytes on Linux), so that the next is made while the peer reads,
 * and whole groups of four characters.  Also what an empty output keeps of its memory. */
#define SLICE_SIZE (192u * 1024)

/* A payload, and the place in the text where its base64 goes. */
typedef struct {
    gsize at; /* counted from the first text there ever was, modulo the size of gsize */
    GBytes *bytes;
    gsize used; /* bytes encoded so far, whole groups of three */
} Payload;

struct VaOutput {
    GString *text; /* all that waits, without the payloads */
    gsize used;    /* bytes of text that are sent, or copied to the slice */
    gsize base;    /* bytes of text that came before text->str */
    GQueue payloads;
    gsize payload_left; /* characters of payloads still to be encoded */
    char *slice;        /* NULL until needed; goes before everything else */
    gsize slice_start;  /* what is left of it lies from here... */
    gsize slice_end;    /* ...to here */
};

static void payload_free(Payload *payload)
{
    g_bytes_unref(payload->bytes);
    g_free(payload);
}

VaOutput *va_output_new(void)
{
    VaOutput *output = g_new0(VaOutput, 1);

    output->text = g_string_new(NULL);
    g_queue_init(&output->payloads);
    return output;
}

void va_output_free(VaOutput *output)
{
    if (!output)
        return;
    g_string_free(output->text, TRUE);
    g_queue_clear_full(&output->payloads, (GDestroyNotify)payload_free);
    g_free(output->slice);
    g_free(output);
}

GString *va_output_text(VaOutput *output)
{
    return output->text;
}

void va_output_base64(VaOutput *output, GBytes *bytes)
{
    gsize size = g_bytes_get_size(bytes);
    Payload *payload;

    if (size == 0)
        return;
    payload = g_new0(Payload, 1);
    payload->at = output->base + output->text->len;
    payload->bytes = g_bytes_ref(bytes);
    g_queue_push_tail(&output->payloads, payload);
    output->payload_left += VA_BASE64_LENGTH(size);
}

gsize va_output_pending(const VaOutput *output)
{
    return output->slice_end - output->slice_start + output->payload_left + output->text->len -
           output->used;
}

/* How much text can be taken before a payload is due. */
static gsize text_run(const VaOutput *output)
{
    const Payload *payload = g_queue_peek_head((GQueue *)&output->payloads);

    return (payload ? payload->at - output->base : output->text->len) - output->used;
}

/* Encodes what fits into @room characters of the first payload, and returns how many it made. */
static gsize take_payload(VaOutput *output, char *to, gsize room)
{
    Payload *payload = g_queue_peek_head(&output->payloads);
    gsize size = 0;
    const guint8 *data = payload ? g_bytes_get_data(payload->bytes, &size) : NULL;
    gsize part = payload ? MIN(size - payload->used, room / 4 * 3) : 0;
    gsize length = VA_BASE64_LENGTH(part);

    if (part == 0)
        return 0;
    va_base64_encode(data + payload->used, part, to);
    payload->used += part;
    output->payload_left -= length;
    if (payload->used == size)
        payload_free(g_queue_pop_head(&output->payloads));
    return length;
}

static gsize take_text(VaOutput *output, char *to, gsize room)
{
    gsize length = MIN(text_run(output), room);

    memcpy(to, output->text->str + output->used, length);
    output->used += length;
    return length;
}

/* Copies text and encodes payloads until the slice is full or nothing waits. */
static void fill_slice(VaOutput *output)
{
    gsize end = 0;

    if (!output->slice)
        output->slice = g_malloc(SLICE_SIZE);
    for (gsize made = 1; made > 0; end += made) {
        char *to = output->slice + end;
        gsize room = SLICE_SIZE - end;

        made = text_run(output) > 0 ? take_text(output, to, room) : take_payload(output, to, room);
    }
    output->slice_start = 0;
    output->slice_end = end;
}

/* Only what has a payload near is worth a copy; a small reply, or a very long one, is not. */
static gboolean text_goes_directly(const VaOutput *output)
{
    return output->payloads.length == 0 || text_run(output) >= SLICE_SIZE;
}

static OsIo send_some(VaOutput *output, OsStream *stream, GError **error)
{
    gboolean sliced = output->slice_start < output->slice_end;
    gsize *start;
    gsize put;
    OsIo io;

    if (!sliced && !text_goes_directly(output)) {
        fill_slice(output);
        sliced = TRUE;
    }
    start = sliced ? &output->slice_start : &output->used;
    io = os_stream_write(stream, (sliced ? output->slice : output->text->str) + *start,
                         sliced ? output->slice_end - *start : text_run(output), &put, error);
    if (io == OS_IO_DONE)
        *start += put;
    return io;
}

/* Forgets text that has been sent: all of it at no cost, or, when a peer never quite catches up,
 * half of it at a time, so that moving the rest stays cheap. */
static void drop_used_text(VaOutput *output)
{
    gsize used = output->used;

    if (used < output->text->len && (used < SLICE_SIZE || used < output->text->len / 2))
        return;
    output->base += used;
    output->used = 0;
    if (used == output->text->len && output->text->allocated_len > SLICE_SIZE) {
        g_string_free(output->text, TRUE);
        output->text = g_string_new(NULL);
    } else {
        g_string_erase(output->text, 0, (gssize)used);
    }
}

OsIo va_output_send(VaOutput *output, OsStream *stream, GError **error)
{
    OsIo io = OS_IO_DONE;

    while (io == OS_IO_DONE && va_output_pending(output) > 0)
        io = send_some(output, stream, error);
    drop_used_text(output);
    return io;
}
