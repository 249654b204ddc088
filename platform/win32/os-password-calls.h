/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-password.h"

#include <windows.h>

#include <lm.h>

/* What the system does for os_password_set(); tests put others in their place, for no account of a
 * machine that runs them may change. */
typedef struct {
    NET_API_STATUS(WINAPI *get_info)(LPCWSTR server, LPCWSTR user, DWORD level, LPBYTE *buffer);
    NET_API_STATUS(WINAPI *set_info)
    (LPCWSTR server, LPCWSTR user, DWORD level, LPBYTE buffer, LPDWORD wrong);
    NET_API_STATUS(WINAPI *buffer_free)(LPVOID buffer);
} OsPasswordCalls;

gboolean os_password_set_by(const OsPasswordCalls *calls, const char *user, const void *password,
                            gsize size, gboolean crypted, GError **error);
