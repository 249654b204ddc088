/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-info.h"

#include <gio/gio.h>

static FakeInfo state;

FakeInfo *fake_info(void)
{
    return &state;
}

void fake_info_reset(void)
{
    if (state.calls)
        g_string_free(state.calls, TRUE);
    state = (FakeInfo){.calls = g_string_new(NULL), .host_name = ""};
}

gboolean fake_info_called(const char *function, GError **error)
{
    const char *failure = g_steal_pointer(&state.failure);
    if (state.calls)
        g_string_append_printf(state.calls, "%s\n", function);
    if (failure)
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, failure);
    return failure == NULL;
}
