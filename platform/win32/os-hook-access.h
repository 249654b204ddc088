/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <windows.h>

/* Who can change a file or directory, by its security descriptor alone. */

typedef enum {
    OS_HOOK_FILE,      /* the hook itself */
    OS_HOOK_DIRECTORY, /* that it is in: a library put there or below would be loaded */
    OS_HOOK_ANCESTOR,  /* above: what it holds must not be exchanged; others may add to it */
} OsHookPlace;

/* TRUE if the owner and all who are allowed to change it are SYSTEM, the administrators, Windows'
 * own installer or @own; what is denied does not count.  Else the error is "@what belongs to user
 * SID" or "@what is writable by others". */
gboolean os_hook_access_check(PSECURITY_DESCRIPTOR descriptor, PSID own, OsHookPlace place,
                              const char *what, GError **error);
