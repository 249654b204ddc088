/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-ssh-files.h"

#include <lm.h>

struct OsSshUser {
    OsSshPlace place;
    OsSshSeen seen;
    guint patience; /* milliseconds that a look at the file, or its change, may take */
};

/* What the system says of accounts; tests put others in their place. */
typedef struct {
    NET_API_STATUS(WINAPI *local_groups)
    (LPCWSTR server, LPCWSTR user, DWORD level, DWORD flags, LPBYTE *buffer, DWORD wanted,
     LPDWORD read, LPDWORD total);
    NET_API_STATUS(WINAPI *buffer_free)(LPVOID buffer);
} OsSshCalls;

OsSshUser *os_ssh_user_find_by(const OsSshCalls *calls, const char *name, GError **error);

/* One whose file is @directory\@file below @root and belongs to @owner; takes over @root, which is
 * NULL for who has no profile.  The names are constants. */
OsSshUser *os_ssh_user_new(wchar_t *root, const wchar_t *directory, const wchar_t *file,
                           PSID owner);
