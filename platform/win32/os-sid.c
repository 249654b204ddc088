/* SPDX-License-Identifier: Apache-2.0 */
#include "os-sid.h"

#include <sddl.h>

gboolean os_sid_is_among(PSID sid, const wchar_t *const *names, gsize n)
{
    wchar_t *name = NULL;
    gboolean found = FALSE;

    if (!IsValidSid(sid) || !ConvertSidToStringSidW(sid, &name))
        return FALSE;
    for (gsize i = 0; i < n; i++)
        found |= wcscmp(name, names[i]) == 0;
    LocalFree(name);
    return found;
}

/* The last is NT SERVICE\TrustedInstaller, which has no constant (MSDN, "Well-known SIDs"). */
gboolean os_sid_is_powerful(PSID sid)
{
    static const wchar_t *const powerful[] = {
        L"S-1-5-18",
        L"S-1-5-32-544",
        L"S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464",
    };
    return os_sid_is_among(sid, powerful, G_N_ELEMENTS(powerful));
}
