/* SPDX-License-Identifier: Apache-2.0 */

/* The one place where the identifiers of these interfaces are defined: libuuid lacks most. */
#include <initguid.h>

#include "vss-names.h"

#include <comadmin.h>
#include <vsadmin.h>
#include <vsprov.h>

/* lstrcpyW() and the like: the parts are shorter than the array together. */
void vss_event_name(wchar_t name[static VSS_EVENT_NAME_MAX], const wchar_t *freeze,
                    const wchar_t *which)
{
    lstrcpyW(name, L"Global\\virtagent-vss-");
    lstrcatW(name, freeze);
    lstrcatW(name, L"-");
    lstrcatW(name, which);
}
