/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* What the fake back end knows of accounts: one user, "bob". */
typedef struct {
    const char *failure; /* not NULL: os_password_set() and os_ssh_user_find() fail, saying this */
    int failure_code;    /* of G_IO_ERROR */
    GString *password;   /* "bob:secret" or "bob:crypted:secret" as set last; NULL: never */
    gsize wiped;         /* bytes that were overwritten by os_password_wipe() */

    GString *file;       /* authorized_keys; NULL: there is none */
    const char *trouble; /* not NULL: it cannot be read, and this is why */
    guint conflicts;     /* so many attempts to replace it find that somebody else did */
    guint reads, writes, look_ups;
} FakeAccounts;

FakeAccounts *fake_accounts(void);

/* No failure, no password, no file. */
void fake_accounts_reset(void);
