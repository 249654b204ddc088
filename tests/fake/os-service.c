/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-service.h"

#include <gio/gio.h>

static gboolean offers;

void fake_service_offer(gboolean offered)
{
    offers = offered;
}

const char *const *os_service_verbs(void)
{
    static const char *const verbs[] = {"install", "uninstall", NULL};
    return offers ? verbs : verbs + 2;
}

const char *os_service_default_name(void)
{
    return offers ? "fake-service" : NULL;
}

gboolean os_service_do(const char *verb, const char *name, const char *const *arguments,
                       GError **error)
{
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "the fake has no services");
    return FALSE;
}
