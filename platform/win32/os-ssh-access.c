/* SPDX-License-Identifier: Apache-2.0 */
#include "os-ssh-access.h"

#include "os-handle.h"
#include "os-sid.h"

#include <aclapi.h>
#include <sddl.h>
#include <wchar.h>

#define DESCRIPTOR_MAX 512u /* UTF-16 units; a SID's text has at most 184 */

gboolean os_ssh_is_owned(HANDLE handle, PSID owner)
{
    PSECURITY_DESCRIPTOR descriptor = NULL;
    PSID is = NULL;
    DWORD code = GetSecurityInfo(handle, SE_FILE_OBJECT, OWNER_SECURITY_INFORMATION, &is, NULL,
                                 NULL, NULL, &descriptor);

    if (code == ERROR_SUCCESS && !(is && (EqualSid(is, owner) || os_sid_is_powerful(is))))
        code = ERROR_INVALID_OWNER;
    LocalFree(descriptor);
    SetLastError(code);
    return code == ERROR_SUCCESS;
}

PSECURITY_DESCRIPTOR os_ssh_descriptor(PSID owner, gboolean inherited)
{
    PSECURITY_DESCRIPTOR descriptor = NULL;
    const wchar_t *how = inherited ? L"OICI" : L"";
    wchar_t text[DESCRIPTOR_MAX];
    wchar_t *sid = NULL;

    if (!ConvertSidToStringSidW(owner, &sid))
        return NULL;
    _snwprintf(text, G_N_ELEMENTS(text) - 1,
               L"O:%lsD:P(A;%ls;FA;;;SY)(A;%ls;FA;;;BA)(A;%ls;FA;;;%ls)", sid, how, how, how, sid);
    text[G_N_ELEMENTS(text) - 1] = L'\0';
    LocalFree(sid);
    ConvertStringSecurityDescriptorToSecurityDescriptorW(text, SDDL_REVISION_1, &descriptor, NULL);
    return descriptor;
}

/* A token of the thread's own, so that no other thread and no program it starts has the right, too.
 * It does not open what the thread could not open otherwise: that takes FILE_FLAG_BACKUP_SEMANTICS,
 * which nothing is made with. */
void os_ssh_begin_giving(void)
{
    g_auto(OsHandle) token = NULL;
    TOKEN_PRIVILEGES privileges = {
        .PrivilegeCount = 1,
        .Privileges[0].Attributes = SE_PRIVILEGE_ENABLED,
    };

    if (ImpersonateSelf(SecurityImpersonation) &&
        OpenThreadToken(GetCurrentThread(), TOKEN_ADJUST_PRIVILEGES, TRUE, &token) &&
        LookupPrivilegeValueW(NULL, SE_RESTORE_NAME, &privileges.Privileges[0].Luid))
        AdjustTokenPrivileges(token, FALSE, &privileges, 0, NULL, NULL);
}

void os_ssh_end_giving(void)
{
    DWORD code = GetLastError();
    RevertToSelf();
    SetLastError(code);
}
