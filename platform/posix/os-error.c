/* SPDX-License-Identifier: Apache-2.0 */
#include "os-error.h"

#include <errno.h>

G_GNUC_PRINTF(3, 0)
static void set(GError **error, int code, const char *format, va_list args)
{
    g_autofree char *what = g_strdup_vprintf(format, args);
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(code), "%s: %s", what, g_strerror(code));
}

gboolean os_error(GError **error, const char *format, ...)
{
    int code = errno;
    va_list args;
    va_start(args, format);
    set(error, code, format, args);
    va_end(args);
    return FALSE;
}

gboolean os_error_code(GError **error, int code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    set(error, code, format, args);
    va_end(args);
    return FALSE;
}

gpointer os_error_null(GError **error, const char *format, ...)
{
    int code = errno;
    va_list args;
    va_start(args, format);
    set(error, code, format, args);
    va_end(args);
    return NULL;
}
