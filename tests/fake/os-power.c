/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-power.h"

static FakePower state;

FakePower *fake_power(void)
{
    if (!state.calls)
        fake_power_reset();
    return &state;
}

void fake_power_reset(void)
{
    if (state.calls)
        g_string_free(state.calls, TRUE);
    state = (FakePower){.calls = g_string_new(NULL)};
}

gboolean fake_power_outcome(const char *failure, GError **error)
{
    if (failure)
        g_set_error_literal(error, G_IO_ERROR, (int)state.code, failure);
    return failure == NULL;
}

gboolean os_power_enter(OsPowerState wanted, GError **error)
{
    FakePower *fake = fake_power();
    g_string_append_printf(fake->calls, "power %d\n", (int)wanted);
    return fake_power_outcome(fake->power_failure, error);
}
