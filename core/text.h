/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "document.h"

/*
 * Reference-counted memory.  The reader receives into it, parses it in place, and lends out parts
 * of it (va_document_bytes()) that outlive the reader's interest.  References may be dropped on any
 * thread.
 */
struct VaText {
    gint references;
    gsize capacity; /* of data, bytes */
    char data[];
};

VaText *va_text_new(gsize capacity);
VaText *va_text_ref(VaText *text);
void va_text_unref(VaText *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VaText, va_text_unref)

/* TRUE if nobody else holds @text: then it may be overwritten and resized. */
gboolean va_text_is_ours(VaText *text);

/* Changes the capacity of a text that is ours; large ones move without being copied where the C
 * library remaps pages.  @text is gone, use what is returned. */
VaText *va_text_resize(VaText *text, gsize capacity);
