/* SPDX-License-Identifier: Apache-2.0 */
#define COBJMACROS
#include "os-vss-register.h"

#include "os-vss-catalog.h"
#include "os-vss-error.h"
#include "vss-class.h"
#include "vss-names.h"

#include <objbase.h>
#include <vsadmin.h>

#define PATH_LENGTH 32768u

/* VSS_PROVIDER_DLL in the directory of the program, and nowhere else. */
static wchar_t *find_dll(GError **error)
{
    g_autofree wchar_t *path = g_new0(wchar_t, PATH_LENGTH);
    DWORD length = GetModuleFileNameW(NULL, path, PATH_LENGTH);
    wchar_t *name = wcsrchr(path, L'\\');

    if (length == 0 || length >= PATH_LENGTH || !name ||
        (gsize)(name - path) + 1 + wcslen(VSS_PROVIDER_DLL) >= PATH_LENGTH) {
        os_error(error, "failed to find out where the agent is");
        return NULL;
    }
    wcscpy(name + 1, VSS_PROVIDER_DLL);
    if (GetFileAttributesW(path) == INVALID_FILE_ATTRIBUTES) {
        os_error(error, "failed to find virtagent-vss.dll beside the agent");
        return NULL;
    }
    return g_steal_pointer(&path);
}

static HRESULT admin_open(IVssAdmin **admin)
{
    return CoCreateInstance(&CLSID_VSSCoordinator, NULL, CLSCTX_ALL, &IID_IVssAdmin,
                            (void **)admin);
}

static HRESULT add_provider(void)
{
    wchar_t name[] = VSS_PROVIDER_NAME, version[] = VSS_PROVIDER_VERSION;
    IVssAdmin *admin = NULL;
    HRESULT result = admin_open(&admin);

    if (FAILED(result))
        return result;
    result = IVssAdmin_RegisterProvider(admin, VSS_PROVIDER_ID, VSS_PROVIDER_CLASS_ID, name,
                                        VSS_PROV_SOFTWARE, version, VSS_PROVIDER_VERSION_ID);
    IVssAdmin_Release(admin);
    return result;
}

static HRESULT remove_provider(void)
{
    IVssAdmin *admin = NULL;
    HRESULT result = admin_open(&admin);

    if (FAILED(result))
        return result;
    result = IVssAdmin_UnregisterProvider(admin, VSS_PROVIDER_ID);
    IVssAdmin_Release(admin);
    return result == VSS_E_PROVIDER_NOT_REGISTERED ? S_OK : result;
}

/* The provider first: VSS must not be led to a class that is gone. */
static gboolean remove_all(GError **error)
{
    static const struct {
        HRESULT (*run)(void);
        const char *failure;
    } steps[] = {
        {remove_provider, "failed to unregister the snapshot provider from VSS"},
        {os_vss_catalog_remove, "failed to remove the COM+ application of the snapshot provider"},
        {vss_class_unregister, "failed to remove the class of the snapshot provider"},
    };
    gboolean removed = TRUE;

    for (gsize i = 0; i < G_N_ELEMENTS(steps); i++) {
        HRESULT result = steps[i].run();
        if (FAILED(result) && removed)
            removed = os_vss_error(error, result, "%s", steps[i].failure);
    }
    return removed;
}

static gboolean add_all(const wchar_t *dll, GError **error)
{
    const char *step = NULL;
    HRESULT result = os_vss_catalog_add(dll, &step);

    if (SUCCEEDED(result)) {
        step = "failed to register the snapshot provider with VSS";
        result = add_provider();
    }
    if (SUCCEEDED(result))
        return TRUE;
    remove_all(NULL);
    return os_vss_error(error, result, "%s", step);
}

/* A thread that is in another apartment already can make the calls, too. */
static gboolean enter(gboolean *entered, GError **error)
{
    HRESULT result = CoInitializeEx(NULL, COINIT_MULTITHREADED | COINIT_DISABLE_OLE1DDE);

    *entered = SUCCEEDED(result);
    return *entered || result == RPC_E_CHANGED_MODE ||
           os_vss_error(error, result, "failed to use COM");
}

gboolean os_vss_register(GError **error)
{
    g_autofree wchar_t *dll = find_dll(error);
    gboolean entered = FALSE;

    if (!dll || !enter(&entered, error))
        return FALSE;
    remove_all(NULL);
    gboolean added = add_all(dll, error);
    if (entered)
        CoUninitialize();
    return added;
}

gboolean os_vss_unregister(GError **error)
{
    gboolean entered = FALSE;

    if (!enter(&entered, error))
        return FALSE;
    gboolean removed = remove_all(error);
    if (entered)
        CoUninitialize();
    return removed;
}
