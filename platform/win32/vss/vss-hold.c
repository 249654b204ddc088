/* SPDX-License-Identifier: Apache-2.0 */
#include "vss-hold.h"

#include "vss-names.h"

#define DESCRIPTOR_MAX 1024u /* bytes */

static BOOL is_privileged(PSID owner)
{
    return owner && (IsWellKnownSid(owner, WinBuiltinAdministratorsSid) ||
                     IsWellKnownSid(owner, WinLocalSystemSid));
}

/* Anybody can make an event of our name while there is none; only its owner cannot be feigned. */
static BOOL is_ours(HANDLE event)
{
    DWORD space[DESCRIPTOR_MAX / sizeof(DWORD)];
    DWORD length;
    PSID owner = NULL;
    BOOL defaulted;

    return GetKernelObjectSecurity(event, OWNER_SECURITY_INFORMATION, space, sizeof space,
                                   &length) &&
           GetSecurityDescriptorOwner(space, &owner, &defaulted) && is_privileged(owner);
}

static HANDLE open_event(const wchar_t *name, DWORD access)
{
    HANDLE event = OpenEventW(access | READ_CONTROL, FALSE, name);

    if (event && !is_ours(event)) {
        CloseHandle(event);
        return NULL;
    }
    return event;
}

static void close_event(HANDLE event)
{
    if (event)
        CloseHandle(event);
}

BOOL vss_hold_is_wanted(void)
{
    HANDLE event = open_event(VSS_EVENT_THAW, SYNCHRONIZE);
    BOOL wanted = event != NULL && WaitForSingleObject(event, 0) == WAIT_TIMEOUT;

    close_event(event);
    return wanted;
}

static HRESULT hold(HANDLE frozen, HANDLE thaw, HANDLE expired, DWORD milliseconds)
{
    if (!SetEvent(frozen))
        return E_FAIL;
    if (WaitForSingleObject(thaw, milliseconds) == WAIT_OBJECT_0)
        return S_OK;
    SetEvent(expired);
    return E_ABORT;
}

HRESULT vss_hold(DWORD milliseconds)
{
    HANDLE frozen = open_event(VSS_EVENT_FROZEN, EVENT_MODIFY_STATE);
    HANDLE thaw = open_event(VSS_EVENT_THAW, SYNCHRONIZE);
    HANDLE expired = open_event(VSS_EVENT_EXPIRED, EVENT_MODIFY_STATE);
    HRESULT result = E_FAIL;

    if (frozen && thaw && expired)
        result = hold(frozen, thaw, expired, milliseconds);
    close_event(frozen);
    close_event(thaw);
    close_event(expired);
    return result;
}
