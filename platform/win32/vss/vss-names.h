/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <windows.h>

#include <guiddef.h>

/* What the requester, which is the agent, and the provider, a DLL in a process of COM+, must agree
 * on.  Plain C: the DLL has no GLib. */

/* Also of the COM+ application and its service. */
#define VSS_PROVIDER_NAME    L"virtagent VSS Provider"
#define VSS_PROVIDER_DLL     L"virtagent-vss.dll"
#define VSS_PROVIDER_VERSION L"11.0.0"

/* The freeze under way has a name that cannot be guessed: anybody can make an event, and what a
 * user had made first could not be used.  The provider finds it under HKEY_LOCAL_MACHINE, where
 * only administrators write; the key is volatile, and what an earlier freeze left in it says
 * nothing, as there are no such events any more. */
#define VSS_FREEZE_KEY      L"SOFTWARE\\virtagent VSS Provider"
#define VSS_FREEZE_VALUE    L"Freeze"
#define VSS_FREEZE_NAME_MAX 40 /* units, with the NUL */

/* Set by the provider: writes are held; by the requester: let them go; by the provider: that came
 * too late.  Only LocalSystem and administrators may open them. */
#define VSS_EVENT_FROZEN  L"frozen"
#define VSS_EVENT_THAW    L"thaw"
#define VSS_EVENT_EXPIRED L"expired"

#define VSS_EVENT_NAME_MAX 100 /* units, with the NUL */

/* The full name of the event @which of the freeze @freeze. */
void vss_event_name(wchar_t name[static VSS_EVENT_NAME_MAX], const wchar_t *freeze,
                    const wchar_t *which);

/* Milliseconds.  The system lets writes go on after 10 s whatever the provider does (remarks on
 * IVssProviderCreateSnapshotSet::CommitSnapshots). */
#define VSS_HOLD_LIMIT 10000u

DEFINE_GUID(VSS_PROVIDER_ID, 0x399998a5, 0x09a5, 0x47eb, 0x82, 0xd1, 0xa9, 0x0c, 0xd9, 0x3b, 0x2c,
            0xd7);
DEFINE_GUID(VSS_PROVIDER_CLASS_ID, 0xafef6dcb, 0x5dfd, 0x49a1, 0xbb, 0xcb, 0xcb, 0x6a, 0x20, 0x8f,
            0xc6, 0x4c);
DEFINE_GUID(VSS_PROVIDER_VERSION_ID, 0xc11add1d, 0x443a, 0x4a4a, 0xb7, 0x71, 0x4e, 0x8e, 0xa8, 0xe6,
            0x8c, 0x48);
