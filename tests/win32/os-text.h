/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-error-alone.h"

/* What the system says of its error @code; wine has other words. */
static inline const char *os_text_of(guint32 code)
{
    g_autoptr(GError) error = NULL;
    os_error_alone(&error, code);
    return g_intern_string(error->message);
}
