/* SPDX-License-Identifier: Apache-2.0 */
#include "os-password.h"
#include "none.h"

gboolean os_password_set(const char *user, const void *password, gsize size, gboolean crypted,
                         GError **error)
{
    return none_fail(error);
}

void os_password_wipe(gpointer memory, gsize size)
{
    for (volatile guint8 *byte = memory; size > 0; size--)
        *byte++ = 0;
}
