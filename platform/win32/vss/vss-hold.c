/* SPDX-License-Identifier: Apache-2.0 */
#include "vss-hold.h"

#include "vss-names.h"

#define DESCRIPTOR_MAX 1024u /* bytes */

static BOOL is_privileged(PSID owner)
{
    return owner && (IsWellKnownSid(owner, WinBuiltinAdministratorsSid) ||
                     IsWellKnownSid(owner, WinLocalSystemSid));
}

/* Anybody can read the name of a freeze that is over and make such an event; only its owner cannot
 * be feigned. */
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

static BOOL find_freeze(wchar_t freeze[static VSS_FREEZE_NAME_MAX])
{
    DWORD size = VSS_FREEZE_NAME_MAX * sizeof *freeze;

    return RegGetValueW(HKEY_LOCAL_MACHINE, VSS_FREEZE_KEY, VSS_FREEZE_VALUE, RRF_RT_REG_SZ, NULL,
                        freeze, &size) == ERROR_SUCCESS;
}

static HANDLE open_event(const wchar_t *freeze, const wchar_t *which, DWORD access)
{
    wchar_t name[VSS_EVENT_NAME_MAX];

    vss_event_name(name, freeze, which);
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
    wchar_t freeze[VSS_FREEZE_NAME_MAX];

    if (!find_freeze(freeze))
        return FALSE;
    HANDLE event = open_event(freeze, VSS_EVENT_THAW, SYNCHRONIZE);
    BOOL wanted = event != NULL && WaitForSingleObject(event, 0) == WAIT_TIMEOUT;

    close_event(event);
    return wanted;
}

BOOL vss_hold_open(VssHold *hold)
{
    wchar_t freeze[VSS_FREEZE_NAME_MAX];

    vss_hold_close(hold);
    if (!find_freeze(freeze))
        return FALSE;
    hold->frozen = open_event(freeze, VSS_EVENT_FROZEN, EVENT_MODIFY_STATE);
    hold->thaw = open_event(freeze, VSS_EVENT_THAW, SYNCHRONIZE);
    hold->expired = open_event(freeze, VSS_EVENT_EXPIRED, EVENT_MODIFY_STATE);
    if (hold->frozen && hold->thaw && hold->expired)
        return TRUE;
    vss_hold_close(hold);
    return FALSE;
}

HRESULT vss_hold_wait(const VssHold *hold, DWORD milliseconds)
{
    if (!SetEvent(hold->frozen))
        return E_FAIL;
    if (WaitForSingleObject(hold->thaw, milliseconds) == WAIT_OBJECT_0)
        return S_OK;
    SetEvent(hold->expired);
    return E_ABORT;
}

void vss_hold_close(VssHold *hold)
{
    close_event(hold->frozen);
    close_event(hold->thaw);
    close_event(hold->expired);
    ZeroMemory(hold, sizeof *hold);
}
