/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-accounts.h"

static FakeAccounts state;

FakeAccounts *fake_accounts(void)
{
    return &state;
}

static void drop(GString *text)
{
    if (text)
        g_string_free(text, TRUE);
}

void fake_accounts_reset(void)
{
    drop(state.password);
    drop(state.file);
    state = (FakeAccounts){0};
}
