/* SPDX-License-Identifier: Apache-2.0 */
#include "none.h"

gboolean none_fail(GError **error)
{
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                        "not supported on this system");
    return FALSE;
}

gpointer none_fail_null(GError **error)
{
    none_fail(error);
    return NULL;
}
