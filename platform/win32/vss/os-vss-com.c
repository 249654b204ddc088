/* SPDX-License-Identifier: Apache-2.0 */
#include "os-vss-com.h"

#include <objbase.h>
#include <sddl.h>

/* VSS and writers call back: they run as LocalSystem, LocalService, NetworkService, or as an
 * administrator or backup operator ("Security Considerations for Requesters", "... for Writers").
 * Without NetworkService, writers are told "access denied" and event 8194 is logged.  The rights
 * are COM_RIGHTS_EXECUTE and COM_RIGHTS_EXECUTE_LOCAL, which the notation has no letters for but CC
 * and DC. */
#define DESCRIPTOR                                                                                 \
    L"O:BAG:BAD:(A;;CCDC;;;SY)(A;;CCDC;;;BA)(A;;CCDC;;;BO)(A;;CCDC;;;LS)(A;;CCDC;;;NS)"

/* CoInitializeSecurity() wants the absolute form; what the parts point to stays in @whole. */
static gboolean make_absolute(PSECURITY_DESCRIPTOR whole, SECURITY_DESCRIPTOR *absolute)
{
    PSID owner = NULL, group = NULL;
    PACL list = NULL;
    BOOL defaulted, present;

    return InitializeSecurityDescriptor(absolute, SECURITY_DESCRIPTOR_REVISION) &&
           GetSecurityDescriptorOwner(whole, &owner, &defaulted) &&
           GetSecurityDescriptorGroup(whole, &group, &defaulted) &&
           GetSecurityDescriptorDacl(whole, &present, &list, &defaulted) &&
           SetSecurityDescriptorOwner(absolute, owner, FALSE) &&
           SetSecurityDescriptorGroup(absolute, group, FALSE) &&
           SetSecurityDescriptorDacl(absolute, TRUE, list, FALSE);
}

static HRESULT set_security(void)
{
    PSECURITY_DESCRIPTOR whole = NULL;
    SECURITY_DESCRIPTOR absolute;
    HRESULT result;

    if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(DESCRIPTOR, SDDL_REVISION_1, &whole,
                                                              NULL))
        return HRESULT_FROM_WIN32(GetLastError());
    if (make_absolute(whole, &absolute))
        result = CoInitializeSecurity(&absolute, -1, NULL, NULL, RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
                                      RPC_C_IMP_LEVEL_IDENTIFY, NULL, EOAC_NONE, NULL);
    else
        result = HRESULT_FROM_WIN32(GetLastError());
    LocalFree(whole);
    return result == RPC_E_TOO_LATE ? S_OK : result;
}

HRESULT os_vss_com_enter(void)
{
    HRESULT result = CoInitializeEx(NULL, COINIT_MULTITHREADED | COINIT_DISABLE_OLE1DDE);

    if (FAILED(result))
        return result;
    result = set_security();
    if (FAILED(result))
        CoUninitialize();
    return result;
}

void os_vss_com_leave(void)
{
    CoUninitialize();
}
