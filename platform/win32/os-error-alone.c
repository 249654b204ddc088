/* SPDX-License-Identifier: Apache-2.0 */
#include "os-error-alone.h"

#include <string.h>

gboolean os_error_alone(GError **error, guint32 code)
{
    g_autoptr(GError) full = NULL;

    os_error_code(&full, (int)code, "%s", "");
    g_set_error_literal(error, G_IO_ERROR, full->code, full->message + strlen(": "));
    return FALSE;
}

gpointer os_error_alone_null(GError **error, guint32 code)
{
    os_error_alone(error, code);
    return NULL;
}
