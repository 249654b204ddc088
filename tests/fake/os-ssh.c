/* SPDX-License-Identifier: Apache-2.0 */
#include "os-ssh.h"
#include "fake-accounts.h"

#include <gio/gio.h>

struct OsSshUser {
    gboolean unused;
};

static gboolean fail(GError **error, int code, const char *text)
{
    g_set_error_literal(error, G_IO_ERROR, code, text);
    return FALSE;
}

OsSshUser *os_ssh_user_find(const char *name, GError **error)
{
    FakeAccounts *fake = fake_accounts();

    fake->look_ups++;
    if (fake->failure)
        fail(error, fake->failure_code, fake->failure);
    else if (!g_str_equal(name, "bob"))
        fail(error, G_IO_ERROR_NOT_FOUND, "nobody of that name");
    else
        return g_new0(OsSshUser, 1);
    return NULL;
}

void os_ssh_user_free(OsSshUser *user)
{
    g_free(user);
}

char *os_ssh_read(OsSshUser *user, gsize *length, GError **error)
{
    FakeAccounts *fake = fake_accounts();

    fake->reads++;
    if (fake->trouble)
        fail(error, G_IO_ERROR_FAILED, fake->trouble);
    else if (!fake->file)
        fail(error, G_IO_ERROR_NOT_FOUND, "failed to read 'keys': no such file");
    if (fake->trouble || !fake->file)
        return NULL;
    *length = fake->file->len;
    return g_memdup2(fake->file->str, fake->file->len + 1);
}

gboolean os_ssh_replace(OsSshUser *user, const char *text, gsize length, GError **error)
{
    FakeAccounts *fake = fake_accounts();

    if (fake->conflicts > 0) {
        fake->conflicts--;
        return fail(error, G_IO_ERROR_BUSY, "just changed");
    }
    if (!fake->file)
        fake->file = g_string_new(NULL);
    g_string_truncate(fake->file, 0);
    g_string_append_len(fake->file, text, (gssize)length);
    fake->writes++;
    return TRUE;
}
