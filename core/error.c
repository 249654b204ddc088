/* SPDX-License-Identifier: Apache-2.0 */
#include "error.h"

/* Written out: clang-format takes the name in G_DEFINE_QUARK() for an expression. */
GQuark va_error_quark(void)
{
    return g_quark_from_static_string("va-error-quark");
}

gboolean va_fail(GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_propagate_error(error, g_error_new_valist(VA_ERROR, VA_ERROR_GENERIC, format, args));
    va_end(args);
    return FALSE;
}
