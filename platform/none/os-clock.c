/* SPDX-License-Identifier: Apache-2.0 */
#include "os-clock.h"
#include "none.h"

gboolean os_clock_set(gint64 nanoseconds, GError **error)
{
    return none_fail(error);
}

gboolean os_clock_save(GError **error)
{
    return none_fail(error);
}

gboolean os_clock_load(GError **error)
{
    return none_fail(error);
}
