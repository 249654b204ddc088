/* SPDX-License-Identifier: Apache-2.0 */
#include "text.h"

#include "os-memory.h"

VaText *va_text_new(gsize capacity)
{
    VaText *text = g_malloc(sizeof(VaText) + capacity);
    os_memory_large(text, sizeof(VaText) + capacity);
    text->references = 1;
    text->capacity = capacity;
    return text;
}

VaText *va_text_ref(VaText *text)
{
    g_atomic_int_inc(&text->references);
    return text;
}

void va_text_unref(VaText *text)
{
    if (text && g_atomic_int_dec_and_test(&text->references))
        g_free(text);
}

gboolean va_text_is_ours(VaText *text)
{
    return g_atomic_int_get(&text->references) == 1;
}

VaText *va_text_resize(VaText *text, gsize capacity)
{
    g_assert(va_text_is_ours(text));
    text = g_realloc(text, sizeof(VaText) + capacity);
    os_memory_large(text, sizeof(VaText) + capacity);
    text->capacity = capacity;
    return text;
}
