/* SPDX-License-Identifier: Apache-2.0 */
#include "os-ssh.h"
#include "none.h"

OsSshUser *os_ssh_user_find(const char *name, GError **error)
{
    return none_fail_null(error);
}

void os_ssh_user_free(OsSshUser *user)
{
}

char *os_ssh_read(OsSshUser *user, gsize *length, GError **error)
{
    return none_fail_null(error);
}

gboolean os_ssh_replace(OsSshUser *user, const char *text, gsize length, GError **error)
{
    return none_fail(error);
}
