/* SPDX-License-Identifier: Apache-2.0 */
#define _CRT_RAND_S /* before any header: rand_s() */
#include "os-vss-events.h"

#include "vss-names.h"

#include <sddl.h>
#include <stdio.h>
#include <stdlib.h>

/* Owner: Administrators, which the provider looks at; full access for them and LocalSystem, nothing
 * inherited, and nobody else. */
#define DESCRIPTOR L"O:BAD:P(A;;GA;;;SY)(A;;GA;;;BA)"

/* 128 bits of what rand_s() has from the system's generator for keys. */
static HRESULT choose_name(wchar_t name[static VSS_FREEZE_NAME_MAX])
{
    guint parts[4];

    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
        if (rand_s(&parts[i]) != 0)
            return E_FAIL;
    _snwprintf(name, VSS_FREEZE_NAME_MAX, L"%08x%08x%08x%08x", parts[0], parts[1], parts[2],
               parts[3]);
    return S_OK;
}

static HRESULT publish(const wchar_t *name)
{
    DWORD size = (DWORD)((wcslen(name) + 1) * sizeof *name);
    HKEY key = NULL;
    LSTATUS status = RegCreateKeyExW(HKEY_LOCAL_MACHINE, VSS_FREEZE_KEY, 0, NULL,
                                     REG_OPTION_VOLATILE, KEY_SET_VALUE, NULL, &key, NULL);

    if (status == ERROR_SUCCESS) {
        status = RegSetValueExW(key, VSS_FREEZE_VALUE, 0, REG_SZ, (const BYTE *)name, size);
        RegCloseKey(key);
    }
    return HRESULT_FROM_WIN32((DWORD)status);
}

static HANDLE make(const wchar_t *freeze, const wchar_t *which, SECURITY_ATTRIBUTES *security)
{
    wchar_t name[VSS_EVENT_NAME_MAX];

    vss_event_name(name, freeze, which);
    return CreateEventW(security, TRUE, FALSE, name);
}

static HRESULT make_all(OsVssEvents *events, const wchar_t *freeze, SECURITY_ATTRIBUTES *security)
{
    if ((events->frozen = make(freeze, VSS_EVENT_FROZEN, security)) &&
        (events->expired = make(freeze, VSS_EVENT_EXPIRED, security)) &&
        (events->thaw = make(freeze, VSS_EVENT_THAW, security)))
        return publish(freeze);
    return HRESULT_FROM_WIN32(GetLastError());
}

HRESULT os_vss_events_open(OsVssEvents *events)
{
    SECURITY_ATTRIBUTES security = {.nLength = sizeof security};
    wchar_t freeze[VSS_FREEZE_NAME_MAX];
    OsVssEvents made = {0};
    HRESULT result = choose_name(freeze);

    if (FAILED(result))
        return result;
    if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(DESCRIPTOR, SDDL_REVISION_1,
                                                              &security.lpSecurityDescriptor, NULL))
        return HRESULT_FROM_WIN32(GetLastError());
    result = make_all(&made, freeze, &security);
    LocalFree(security.lpSecurityDescriptor);
    if (SUCCEEDED(result))
        *events = made;
    else
        os_vss_events_close(&made);
    return result;
}

void os_vss_events_close(OsVssEvents *events)
{
    os_handle_close(os_handle_steal(&events->frozen));
    os_handle_close(os_handle_steal(&events->thaw));
    os_handle_close(os_handle_steal(&events->expired));
}

gboolean os_vss_event_is_set(HANDLE event)
{
    return WaitForSingleObject(event, 0) == WAIT_OBJECT_0;
}
