/* SPDX-License-Identifier: Apache-2.0 */
#include "os-service.h"
#include "none.h"

const char *const *os_service_verbs(void)
{
    static const char *const none[] = {NULL};
    return none;
}

const char *os_service_default_name(void)
{
    return NULL;
}

gboolean os_service_do(const char *verb, const char *name, const char *const *arguments,
                       GError **error)
{
    return none_fail(error);
}
