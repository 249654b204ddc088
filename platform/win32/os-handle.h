/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <windows.h>

/* A HANDLE that is closed with its scope: `g_auto(OsHandle) event = CreateEventW(...);`.  Both NULL
 * and INVALID_HANDLE_VALUE are no handle, as Windows uses either. */
typedef HANDLE OsHandle;

static inline gboolean os_handle_is_valid(HANDLE handle)
{
    return handle != NULL && handle != INVALID_HANDLE_VALUE;
}

static inline void os_handle_close(HANDLE handle)
{
    if (os_handle_is_valid(handle))
        CloseHandle(handle);
}

static inline HANDLE os_handle_steal(HANDLE *handle)
{
    HANDLE stolen = *handle;
    *handle = NULL;
    return stolen;
}

G_DEFINE_AUTO_CLEANUP_FREE_FUNC(OsHandle, os_handle_close, NULL)
