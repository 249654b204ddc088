/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-stream.h"

/* The stream of a port, from a host's coming to its going.  It takes no part in the loop: the
 * channel (os-channel-port.c) tells it what changed and asks when its reader is to be called. */

/* What a stream shares with its channel.  A port has one stream at a time. */
typedef struct {
    int fd;
    char *path;       /* stands in errors */
    GByteArray *next; /* read when a host had left, and taken for the beginning of the next one's;
                       * NULL: there will be no next one */
    void (*freed)(gpointer data); /* the stream has been */
    gpointer data;
} OsPort;

/* A stream that begins with the @len bytes @first.  @port stays the caller's and outlives it. */
OsStream *os_port_stream_new(OsPort *port, const guint8 *first, gsize len);

/* Whether a host has been seen, not its bytes only. */
gboolean os_port_stream_attached(const OsStream *stream);

/* Something changed on the port and @seen is the case now. */
void os_port_stream_note(OsStream *stream, GIOCondition seen);

/* The host is taken to have left: what it left behind can still be read, then comes the end. */
void os_port_stream_left(OsStream *stream);

/* Whether the reader waits for what may be done now. */
gboolean os_port_stream_is_due(const OsStream *stream);

/* Calls the reader, which may free the stream. */
void os_port_stream_ready(OsStream *stream);
