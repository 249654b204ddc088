/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-stream.h"

/*
 * What waits to be sent on one connection: text, and payloads that become base64 only on their way
 * out, a slice at a time, so that a reply of 64 MiB never exists as text.
 */
typedef struct VaOutput VaOutput;

VaOutput *va_output_new(void);
void va_output_free(VaOutput *output);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VaOutput, va_output_free)

/* The end of the queue, to append text to; valid until the next call here. */
GString *va_output_text(VaOutput *output);

/* Queues the base64 of @bytes (without quotes); keeps a reference until it is sent. */
void va_output_base64(VaOutput *output, GBytes *bytes);

/* How many bytes the peer has still to take, counted as they will be sent. */
gsize va_output_pending(const VaOutput *output);

/* Sends until the queue is empty (OS_IO_DONE), the stream is full (OS_IO_AGAIN), or it is of no
 * more use (OS_IO_END, OS_IO_FAILED with *error).  Gives large memory back once empty. */
OsIo va_output_send(VaOutput *output, OsStream *stream, GError **error);
