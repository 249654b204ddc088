/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "document.h"

/*
 * Bytes to and from an agent, within limits.  A step is one thing waited for: it has a deadline
 * that arriving bytes do not move, so that a guest that sends one byte a second gains nothing, and
 * a number of bytes that it may receive.
 */
typedef struct {
    double seconds;
    gsize limit;          /* bytes, give or take one read */
    gboolean forgiving;   /* broken documents are skipped */
    gboolean undisturbed; /* interrupts are not heeded */
} LinkStep;

typedef struct Link Link;

Link *link_open(const char *address, GError **error);
void link_free(Link *link);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Link, link_free)

/* Queues @text, which it takes over; it is sent during the steps. */
void link_send(Link *link, GString *text);

void link_begin(Link *link, const LinkStep *step);

/* Throws away what arrives up to and with a byte 0xFF. */
gboolean link_skip_to_delimiter(Link *link, GError **error);

/* The next document; it is good until the next call. */
gboolean link_document(Link *link, VaDocument *document, GError **error);
