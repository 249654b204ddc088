/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-users.h"

#include <windows.h>

#include <wtsapi32.h>

/* The functions of the session manager that are used (wtsapi32.dll), in a table so that a test can
 * have sessions. */
typedef struct {
    BOOL(WINAPI *enumerate)
    (HANDLE server, DWORD reserved, DWORD version, WTS_SESSION_INFOW **sessions, DWORD *n);
    BOOL(WINAPI *query)
    (HANDLE server, DWORD session, WTS_INFO_CLASS what, wchar_t **data, DWORD *size);
    VOID(WINAPI *release)(void *memory);
} OsUsersCalls;

GPtrArray *os_users_list_by(const OsUsersCalls *calls, GError **error);
