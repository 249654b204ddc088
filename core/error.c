/* SPDX-License-Identifier: Apache-2.0 */
#include "error.h"

G_DEFINE_QUARK(va - error - quark, va_error)

gboolean va_fail(GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_propagate_error(error, g_error_new_valist(VA_ERROR, VA_ERROR_GENERIC, format, args));
    va_end(args);
    return FALSE;
}
