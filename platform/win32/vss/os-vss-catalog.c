/* SPDX-License-Identifier: Apache-2.0 */
#define COBJMACROS
#include "os-vss-catalog.h"

#include "os-vss-catalog-object.h"
#include "vss-names.h"

#include <oleauto.h>

#define ROLE         L"Callers"
#define ACCOUNT_MAX  256u
#define APPLICATIONS 10000 /* in a catalog, at most */

static HRESULT catalog_open(ICOMAdminCatalog2 **catalog)
{
    return CoCreateInstance(&CLSID_COMAdminCatalog, NULL, CLSCTX_ALL, &IID_ICOMAdminCatalog2,
                            (void **)catalog);
}

/* Only members of a role may call it, and only over packets that are encrypted; it keeps track of
 * who holds its objects, and lets those it calls find out who it is, and no more ("Applications
 * collection").  What is set, and in which order all is done, is as in the script that Microsoft
 * registers providers with (register_app.vbs of the Windows SDK). */
static HRESULT configure(ICatalogObject *application)
{
    static const struct {
        const wchar_t *property;
        VARTYPE type;
        LONG value;
    } settings[] = {
        {L"ApplicationAccessChecksEnabled", VT_BOOL, 1},
        {L"Authentication", VT_I4, 6 /* COMAdminAuthenticationPrivacy */},
        {L"AuthenticationCapability", VT_I4,
         2 /* COMAdminAuthenticationCapabilitiesSecureReference */},
        {L"ImpersonationLevel", VT_I4, 2 /* COMAdminImpersonationIdentify */},
    };
    HRESULT result = os_vss_catalog_set_text(application, L"Name", VSS_PROVIDER_NAME);

    if (SUCCEEDED(result))
        result =
            os_vss_catalog_set_text(application, L"Description",
                                    L"Holds filesystems still while the host takes a snapshot");
    for (gsize i = 0; SUCCEEDED(result) && i < G_N_ELEMENTS(settings); i++)
        result = os_vss_catalog_set_number(application, settings[i].property, settings[i].type,
                                           settings[i].value);
    return result;
}

/* In the system's language: "NT AUTHORITY\SYSTEM", "VORDEFINIERT\Administratoren". */
static gboolean account_of(WELL_KNOWN_SID_TYPE which, wchar_t full[static 2 * ACCOUNT_MAX])
{
    DWORD sid[SECURITY_MAX_SID_SIZE / sizeof(DWORD)], size = sizeof sid;
    wchar_t name[ACCOUNT_MAX], domain[ACCOUNT_MAX];
    DWORD name_length = ACCOUNT_MAX, domain_length = ACCOUNT_MAX;
    SID_NAME_USE use;

    if (!CreateWellKnownSid(which, NULL, sid, &size) ||
        !LookupAccountSidW(NULL, sid, name, &name_length, domain, &domain_length, &use))
        return FALSE;
    wcscpy(full, domain);
    wcscat(full, *domain ? L"\\" : L"");
    wcscat(full, name);
    return TRUE;
}

static HRESULT add_user(ICatalogCollection *users, WELL_KNOWN_SID_TYPE which)
{
    wchar_t account[2 * ACCOUNT_MAX];
    ICatalogObject *user = NULL;

    if (!account_of(which, account))
        return HRESULT_FROM_WIN32(GetLastError());
    HRESULT result = os_vss_catalog_new(users, &user);
    if (FAILED(result))
        return result;
    result = os_vss_catalog_set_text(user, L"User", account);
    ICatalogObject_Release(user);
    return result;
}

static HRESULT fill_role(ICatalogCollection *roles, ICatalogObject *role)
{
    ICatalogCollection *users = NULL;
    HRESULT result = os_vss_catalog_part(roles, role, L"UsersInRole", &users);

    if (FAILED(result))
        return result;
    result = add_user(users, WinLocalSystemSid);
    if (SUCCEEDED(result))
        result = add_user(users, WinBuiltinAdministratorsSid);
    if (SUCCEEDED(result))
        result = os_vss_catalog_save(users);
    ICatalogCollection_Release(users);
    return result;
}

static HRESULT add_role(ICatalogCollection *roles)
{
    ICatalogObject *role = NULL;
    HRESULT result = os_vss_catalog_new(roles, &role);

    if (FAILED(result))
        return result;
    result = os_vss_catalog_set_text(role, L"Name", ROLE);
    if (SUCCEEDED(result))
        result = os_vss_catalog_save(roles);
    if (SUCCEEDED(result))
        result = fill_role(roles, role);
    ICatalogObject_Release(role);
    return result;
}

static HRESULT restrict_callers(ICatalogCollection *applications, ICatalogObject *application)
{
    ICatalogCollection *roles = NULL;
    HRESULT result = os_vss_catalog_part(applications, application, L"Roles", &roles);

    if (FAILED(result))
        return result;
    result = add_role(roles);
    ICatalogCollection_Release(roles);
    return result;
}

/* The type library is in the DLL itself. */
static HRESULT install(ICOMAdminCatalog2 *catalog, const wchar_t *dll)
{
    BSTR name = SysAllocString(VSS_PROVIDER_NAME), path = SysAllocString(dll);
    BSTR none = SysAllocString(L"");
    HRESULT result = ICOMAdminCatalog2_InstallComponent(catalog, name, path, none, none);

    SysFreeString(name);
    SysFreeString(path);
    SysFreeString(none);
    return result;
}

/* The only way to have a COM+ application run as LocalSystem. */
static HRESULT make_service(ICOMAdminCatalog2 *catalog)
{
    BSTR name = SysAllocString(VSS_PROVIDER_NAME), start = SysAllocString(L"SERVICE_DEMAND_START");
    BSTR severity = SysAllocString(L"SERVICE_ERROR_NORMAL"), none = SysAllocString(L"");
    BSTR account = SysAllocString(L".\\localsystem");
    HRESULT result = ICOMAdminCatalog2_CreateServiceForApplication(
        catalog, name, name, start, severity, none, account, none, VARIANT_FALSE);

    SysFreeString(name);
    SysFreeString(start);
    SysFreeString(severity);
    SysFreeString(account);
    SysFreeString(none);
    return result;
}

static HRESULT add_application(ICatalogCollection *applications, ICatalogObject **application)
{
    HRESULT result = os_vss_catalog_new(applications, application);

    if (SUCCEEDED(result))
        result = configure(*application);
    return SUCCEEDED(result) ? os_vss_catalog_save(applications) : result;
}

static HRESULT fill(ICOMAdminCatalog2 *catalog, ICatalogCollection *applications,
                    const wchar_t *dll, const char **step)
{
    ICatalogObject *application = NULL;
    HRESULT result = add_application(applications, &application);

    if (SUCCEEDED(result)) {
        *step = "failed to make a service for the snapshot provider";
        result = make_service(catalog);
    }
    if (SUCCEEDED(result)) {
        *step = "failed to install the snapshot provider in its COM+ application";
        result = install(catalog, dll);
    }
    if (SUCCEEDED(result)) {
        *step = "failed to say who may call the snapshot provider";
        result = restrict_callers(applications, application);
    }
    if (application)
        ICatalogObject_Release(application);
    return result;
}

HRESULT os_vss_catalog_add(const wchar_t *dll, const char **step)
{
    ICOMAdminCatalog2 *catalog = NULL;
    ICatalogCollection *applications = NULL;
    HRESULT result = catalog_open(&catalog);

    *step = "failed to open the catalog of COM+";
    if (FAILED(result))
        return result;
    result = os_vss_catalog_applications(catalog, &applications);
    if (SUCCEEDED(result)) {
        *step = "failed to make a COM+ application for the snapshot provider";
        result = fill(catalog, applications, dll, step);
        ICatalogCollection_Release(applications);
    }
    ICOMAdminCatalog2_Release(catalog);
    return result;
}

/* From the last one, as those behind one that is removed move up. */
static HRESULT remove_applications(ICatalogCollection *applications)
{
    LONG count = 0;
    gboolean any = FALSE;
    HRESULT result = ICatalogCollection_get_Count(applications, &count);

    for (LONG i = MIN(count, APPLICATIONS); SUCCEEDED(result) && i-- > 0;)
        if (os_vss_catalog_is_named(applications, i, VSS_PROVIDER_NAME)) {
            result = ICatalogCollection_Remove(applications, i);
            any = TRUE;
        }
    return SUCCEEDED(result) && any ? os_vss_catalog_save(applications) : result;
}

/* Fails if there is no such application, which is of no account. */
static void stop(ICOMAdminCatalog2 *catalog)
{
    BSTR name = SysAllocString(VSS_PROVIDER_NAME);

    ICOMAdminCatalog2_ShutdownApplication(catalog, name);
    ICOMAdminCatalog2_DeleteServiceForApplication(catalog, name);
    SysFreeString(name);
}

HRESULT os_vss_catalog_remove(void)
{
    ICOMAdminCatalog2 *catalog = NULL;
    ICatalogCollection *applications = NULL;
    HRESULT result = catalog_open(&catalog);

    if (FAILED(result))
        return result;
    result = os_vss_catalog_applications(catalog, &applications);
    if (SUCCEEDED(result)) {
        stop(catalog);
        result = remove_applications(applications);
        ICatalogCollection_Release(applications);
    }
    ICOMAdminCatalog2_Release(catalog);
    return result;
}
