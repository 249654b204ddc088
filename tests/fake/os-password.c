/* SPDX-License-Identifier: Apache-2.0 */
#include "os-password.h"
#include "fake-accounts.h"

#include <gio/gio.h>
#include <string.h>

gboolean os_password_set(const char *user, const void *password, gsize size, gboolean crypted,
                         GError **error)
{
    FakeAccounts *fake = fake_accounts();

    if (fake->failure) {
        g_set_error_literal(error, G_IO_ERROR, fake->failure_code, fake->failure);
        return FALSE;
    }
    if (!fake->password)
        fake->password = g_string_new(NULL);
    g_string_printf(fake->password, "%s:%s", user, crypted ? "crypted:" : "");
    g_string_append_len(fake->password, password, (gssize)size);
    return TRUE;
}

void os_password_wipe(gpointer memory, gsize size)
{
    if (size > 0)
        memset(memory, 0, size);
    fake_accounts()->wiped += size;
}
