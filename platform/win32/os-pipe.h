/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <windows.h>

/* Who may open our named pipes: SYSTEM, administrators and, should we be neither, our own user. */
typedef PSECURITY_DESCRIPTOR OsPipeAccess;

OsPipeAccess os_pipe_access(GError **error);

static inline void os_pipe_access_free(OsPipeAccess access)
{
    LocalFree(access);
}
G_DEFINE_AUTO_CLEANUP_FREE_FUNC(OsPipeAccess, os_pipe_access_free, NULL)

/* An instance of the byte pipe @name, "\\.\pipe\...", overlapped and not inheritable; NULL and the
 * last error.  @first: it must not exist yet, so that no other program owns the name. */
HANDLE os_pipe_instance(const wchar_t *name, DWORD direction, gboolean first, DWORD max_instances,
                        OsPipeAccess access);
