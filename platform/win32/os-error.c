/* SPDX-License-Identifier: Apache-2.0 */
#include "os-error.h"
#include "os-error-text.h"

#include <windows.h>

/* What GIO gives no code of its own. */
static const struct {
    guint32 from;
    GIOErrorEnum to;
} codes[] = {
    {ERROR_FILE_NOT_FOUND, G_IO_ERROR_NOT_FOUND},
    {ERROR_PATH_NOT_FOUND, G_IO_ERROR_NOT_FOUND},
    {ERROR_ACCESS_DENIED, G_IO_ERROR_PERMISSION_DENIED},
    {ERROR_DIRECTORY, G_IO_ERROR_NOT_DIRECTORY},
    {ERROR_NOT_SUPPORTED, G_IO_ERROR_NOT_SUPPORTED},
};

static gint io_code(int code)
{
    for (guint i = 0; i < G_N_ELEMENTS(codes); i++)
        if (codes[i].from == (guint32)code)
            return codes[i].to;
    return g_io_error_from_win32_error(code);
}

G_GNUC_PRINTF(3, 0)
static void set(GError **error, int code, const char *format, va_list args)
{
    g_autofree char *what = g_strdup_vprintf(format, args);
    g_autofree char *text = os_error_text((guint32)code);
    if (!text)
        text = g_strdup_printf("error 0x%08x", (guint)code);
    g_set_error(error, G_IO_ERROR, io_code(code), "%s: %s", what, text);
}

gboolean os_error(GError **error, const char *format, ...)
{
    int code = (int)GetLastError();
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
    int code = (int)GetLastError();
    va_list args;
    va_start(args, format);
    set(error, code, format, args);
    va_end(args);
    return NULL;
}
