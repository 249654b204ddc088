/* SPDX-License-Identifier: Apache-2.0 */
#include "os-privilege.h"
#include "os-error.h"
#include "os-handle.h"
#include "os-utf16.h"

/* AdjustTokenPrivileges() succeeds with ERROR_NOT_ALL_ASSIGNED if the token does not have it. */
static gboolean enable(const wchar_t *name)
{
    g_auto(OsHandle) token = NULL;
    TOKEN_PRIVILEGES wanted = {.PrivilegeCount = 1};

    wanted.Privileges[0].Attributes = SE_PRIVILEGE_ENABLED;
    return OpenProcessToken(GetCurrentProcess(), TOKEN_ADJUST_PRIVILEGES | TOKEN_QUERY, &token) &&
           LookupPrivilegeValueW(NULL, name, &wanted.Privileges[0].Luid) &&
           AdjustTokenPrivileges(token, FALSE, &wanted, 0, NULL, NULL) &&
           GetLastError() == ERROR_SUCCESS;
}

gboolean os_privilege_enable(const char *name, GError **error)
{
    g_autofree wchar_t *wide = os_utf16(name, error);

    if (!wide)
        return FALSE;
    if (!enable(wide))
        return os_error(error, "failed to enable the privilege '%s'", name);
    return TRUE;
}
