/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-power.h"

gboolean os_clock_set(gint64 nanoseconds, GError **error)
{
    FakePower *fake = fake_power();
    g_string_append_printf(fake->calls, "set %" G_GINT64_FORMAT "\n", nanoseconds);
    return fake_power_outcome(fake->set_failure, error);
}

gboolean os_clock_save(GError **error)
{
    FakePower *fake = fake_power();
    g_string_append(fake->calls, "save\n");
    return fake_power_outcome(fake->save_failure, error);
}

gboolean os_clock_load(GError **error)
{
    FakePower *fake = fake_power();
    g_string_append(fake->calls, "load\n");
    return fake_power_outcome(fake->load_failure, error);
}
