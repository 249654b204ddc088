/* SPDX-License-Identifier: Apache-2.0 */

/* Registration, against stand-ins for the catalog of COM+ and for VSS: this process offers their
 * classes itself, and COM looks here first. */

#define COBJMACROS
#include "os-vss-register.h"

#include "vss-names.h"

#include <comadmin.h>
#include <gio/gio.h>
#include <string.h>
#include <vsadmin.h>
#include <vsserror.h>

typedef struct {
    GString *calls;
    const char *fail_at;
    HRESULT fail_code;
    LONG applications; /* with our name */
    gint objects;      /* that are not released */
} Fake;

/* COM makes the objects, and gives them nothing to know it by. */
static Fake fake;

static void reset(void)
{
    if (fake.calls)
        g_string_free(fake.calls, TRUE);
    fake = (Fake){.calls = g_string_new(NULL)};
}

static HRESULT call(const char *name)
{
    g_string_append_printf(fake.calls, "%s ", name);
    return g_strcmp0(name, fake.fail_at) == 0 ? fake.fail_code : S_OK;
}

/* One object is everything, and is there all the time. */
static ULONG count_up(void)
{
    return (ULONG)(++fake.objects);
}

static ULONG count_down(void)
{
    return (ULONG)(--fake.objects);
}

static IDispatch *catalog(void);
static IDispatch *collection(void);
static IDispatch *object(void);

static HRESULT give(IDispatch *what, IDispatch **out)
{
    count_up();
    *out = what;
    return S_OK;
}

#define UNKNOWN(name, Interface)                                                                   \
    static HRESULT STDMETHODCALLTYPE name##_query(Interface *self, REFIID id, void **out)          \
    {                                                                                              \
        count_up();                                                                                \
        *out = self;                                                                               \
        return S_OK;                                                                               \
    }                                                                                              \
    static ULONG STDMETHODCALLTYPE name##_ref(Interface *self)                                     \
    {                                                                                              \
        return count_up();                                                                         \
    }                                                                                              \
    static ULONG STDMETHODCALLTYPE name##_unref(Interface *self)                                   \
    {                                                                                              \
        return count_down();                                                                       \
    }
UNKNOWN(catalog, ICOMAdminCatalog2)
UNKNOWN(collection, ICatalogCollection)
UNKNOWN(object, ICatalogObject)
UNKNOWN(admin, IVssAdmin)

static HRESULT STDMETHODCALLTYPE catalog_collection(ICOMAdminCatalog2 *self, BSTR name,
                                                    IDispatch **out)
{
    g_assert_true(wcscmp(name, L"Applications") == 0);
    return give(collection(), out);
}

static HRESULT STDMETHODCALLTYPE catalog_install(ICOMAdminCatalog2 *self, BSTR application,
                                                 BSTR dll, BSTR library, BSTR proxy)
{
    g_assert_true(wcscmp(application, VSS_PROVIDER_NAME) == 0);
    g_assert_nonnull(wcsstr(dll, L"\\" VSS_PROVIDER_DLL));
    g_assert_cmpuint(SysStringLen(library), ==, 0);
    return call("InstallComponent");
}

static HRESULT STDMETHODCALLTYPE catalog_shutdown(ICOMAdminCatalog2 *self, BSTR application)
{
    return call("ShutdownApplication");
}

static HRESULT STDMETHODCALLTYPE catalog_service(ICOMAdminCatalog2 *self, BSTR application,
                                                 BSTR service, BSTR start, BSTR severity,
                                                 BSTR needs, BSTR account, BSTR password,
                                                 VARIANT_BOOL desktop)
{
    g_assert_true(wcscmp(account, L".\\localsystem") == 0);
    g_assert_cmpint(desktop, ==, VARIANT_FALSE);
    return call("CreateService");
}

static HRESULT STDMETHODCALLTYPE catalog_no_service(ICOMAdminCatalog2 *self, BSTR application)
{
    return call("DeleteService");
}

static HRESULT STDMETHODCALLTYPE collection_populate(ICatalogCollection *self)
{
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE collection_count(ICatalogCollection *self, LONG *count)
{
    *count = fake.applications;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE collection_item(ICatalogCollection *self, LONG index,
                                                 IDispatch **out)
{
    return give(object(), out);
}

static HRESULT STDMETHODCALLTYPE collection_remove(ICatalogCollection *self, LONG index)
{
    g_assert_cmpint(index, ==, fake.applications - 1);
    fake.applications--;
    return call("Remove");
}

static HRESULT STDMETHODCALLTYPE collection_add(ICatalogCollection *self, IDispatch **out)
{
    return give(object(), out);
}

static HRESULT STDMETHODCALLTYPE collection_save(ICatalogCollection *self, LONG *changes)
{
    return call("Save");
}

static HRESULT STDMETHODCALLTYPE collection_part(ICatalogCollection *self, BSTR name, VARIANT key,
                                                 IDispatch **out)
{
    g_autofree char *text = g_strdup_printf("%ls", name);
    HRESULT result = call(text);
    return FAILED(result) ? result : give(collection(), out);
}

static HRESULT STDMETHODCALLTYPE object_put(ICatalogObject *self, BSTR name, VARIANT value)
{
    g_autofree char *text = g_strdup_printf("%ls", name);
    if (value.vt == VT_BSTR)
        g_test_message("%s = %ls", text, value.bstrVal);
    return call(text);
}

static HRESULT STDMETHODCALLTYPE object_key(ICatalogObject *self, VARIANT *key)
{
    *key = (VARIANT){.vt = VT_BSTR, .bstrVal = SysAllocString(L"{key}")};
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE object_name(ICatalogObject *self, VARIANT *name)
{
    *name = (VARIANT){.vt = VT_BSTR, .bstrVal = SysAllocString(VSS_PROVIDER_NAME)};
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE admin_add(IVssAdmin *self, VSS_ID id, CLSID class_id,
                                           VSS_PWSZ name, VSS_PROVIDER_TYPE type, VSS_PWSZ version,
                                           VSS_ID version_id)
{
    g_assert_true(IsEqualGUID(&id, &VSS_PROVIDER_ID));
    g_assert_true(IsEqualGUID(&class_id, &VSS_PROVIDER_CLASS_ID));
    g_assert_cmpint(type, ==, VSS_PROV_SOFTWARE);
    return call("RegisterProvider");
}

static HRESULT STDMETHODCALLTYPE admin_remove(IVssAdmin *self, VSS_ID id)
{
    return call("UnregisterProvider");
}

static ICOMAdminCatalog2Vtbl catalog_vtbl = {
    .QueryInterface = catalog_query,
    .AddRef = catalog_ref,
    .Release = catalog_unref,
    .GetCollection = catalog_collection,
    .InstallComponent = catalog_install,
    .ShutdownApplication = catalog_shutdown,
    .CreateServiceForApplication = catalog_service,
    .DeleteServiceForApplication = catalog_no_service,
};
static ICatalogCollectionVtbl collection_vtbl = {
    .QueryInterface = collection_query,
    .AddRef = collection_ref,
    .Release = collection_unref,
    .Populate = collection_populate,
    .get_Count = collection_count,
    .get_Item = collection_item,
    .Remove = collection_remove,
    .Add = collection_add,
    .SaveChanges = collection_save,
    .GetCollection = collection_part,
};
static ICatalogObjectVtbl object_vtbl = {
    .QueryInterface = object_query,
    .AddRef = object_ref,
    .Release = object_unref,
    .put_Value = object_put,
    .get_Key = object_key,
    .get_Name = object_name,
};
static IVssAdminVtbl admin_vtbl = {
    .QueryInterface = admin_query,
    .AddRef = admin_ref,
    .Release = admin_unref,
    .RegisterProvider = admin_add,
    .UnregisterProvider = admin_remove,
};
static ICOMAdminCatalog2 the_catalog = {&catalog_vtbl};
static ICatalogCollection the_collection = {&collection_vtbl};
static ICatalogObject the_object = {&object_vtbl};
static IVssAdmin the_admin = {&admin_vtbl};

static IDispatch *catalog(void)
{
    return (IDispatch *)&the_catalog;
}

static IDispatch *collection(void)
{
    return (IDispatch *)&the_collection;
}

static IDispatch *object(void)
{
    return (IDispatch *)&the_object;
}

static HRESULT STDMETHODCALLTYPE factory_query(IClassFactory *self, REFIID id, void **out)
{
    if (!IsEqualIID(id, &IID_IUnknown) && !IsEqualIID(id, &IID_IClassFactory)) {
        *out = NULL;
        return E_NOINTERFACE;
    }
    *out = self;
    return S_OK;
}

static ULONG STDMETHODCALLTYPE factory_count(IClassFactory *self)
{
    return 1;
}

static HRESULT STDMETHODCALLTYPE factory_create(IClassFactory *self, IUnknown *outer, REFIID id,
                                                void **out)
{
    count_up();
    *out = IsEqualIID(id, &IID_IVssAdmin) ? (void *)&the_admin : (void *)catalog();
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE factory_lock(IClassFactory *self, WINBOOL lock)
{
    return S_OK;
}

static IClassFactoryVtbl factory_vtbl = {factory_query, factory_count, factory_count,
                                         factory_create, factory_lock};
static IClassFactory factory = {&factory_vtbl};

static void offer(const CLSID *class_id)
{
    DWORD cookie;
    g_assert_cmphex(CoRegisterClassObject(class_id, (IUnknown *)&factory, CLSCTX_INPROC_SERVER,
                                          REGCLS_MULTIPLEUSE, &cookie),
                    ==, S_OK);
}

/* An empty file is enough: nobody loads it here. */
static void put_dll(gboolean there)
{
    wchar_t path[MAX_PATH];
    g_assert_cmpuint(GetModuleFileNameW(NULL, path, MAX_PATH), <, MAX_PATH);
    wcscpy(wcsrchr(path, L'\\') + 1, VSS_PROVIDER_DLL);
    if (there)
        CloseHandle(CreateFileW(path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL));
    else
        DeleteFileW(path);
}

static void test_registration_is_whole(void)
{
    g_autoptr(GError) error = NULL;

    reset();
    put_dll(TRUE);
    os_vss_register(&error);
    g_assert_no_error(error);
    g_assert_cmpstr(fake.calls->str, ==,
                    "UnregisterProvider ShutdownApplication DeleteService "
                    "Name Description ApplicationAccessChecksEnabled Authentication "
                    "AuthenticationCapability ImpersonationLevel Save CreateService "
                    "InstallComponent Roles Name Save UsersInRole User User Save "
                    "RegisterProvider ");
    g_assert_cmpint(fake.objects, ==, 0);
}

static void test_earlier_registration_is_replaced(void)
{
    g_autoptr(GError) error = NULL;

    reset();
    fake.applications = 2;
    g_assert_true(os_vss_register(&error));
    g_assert_cmpint(fake.applications, ==, 0);
    g_assert_true(g_str_has_prefix(fake.calls->str, "UnregisterProvider ShutdownApplication "
                                                    "DeleteService Remove Remove Save Name "));
    g_assert_cmpint(fake.objects, ==, 0);
}

static void test_failed_registration_is_taken_back(void)
{
    static const struct {
        const char *at;
        const char *text;
    } failures[] = {
        {"Authentication", "failed to make a COM+ application for the snapshot provider: "},
        {"UsersInRole", "failed to say who may call the snapshot provider: "},
        {"InstallComponent", "failed to install the snapshot provider in its COM+ application: "},
        {"CreateService", "failed to make a service for the snapshot provider: "},
        {"RegisterProvider", "failed to register the snapshot provider with VSS: "},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(failures); i++) {
        g_autoptr(GError) error = NULL;
        reset();
        fake.fail_at = failures[i].at;
        fake.fail_code = E_ACCESSDENIED;
        g_assert_false(os_vss_register(&error));
        g_test_message("%s", error->message);
        g_assert_true(g_str_has_prefix(error->message, failures[i].text));
        g_assert_true(g_str_has_suffix(fake.calls->str,
                                       "UnregisterProvider ShutdownApplication DeleteService "));
        g_assert_cmpint(fake.objects, ==, 0);
    }
}

static void test_nothing_to_unregister_is_no_failure(void)
{
    g_autoptr(GError) error = NULL;

    reset();
    fake.fail_at = "UnregisterProvider";
    fake.fail_code = VSS_E_PROVIDER_NOT_REGISTERED;
    os_vss_unregister(&error);
    g_assert_no_error(error);
}

static void test_unregistering_goes_on_after_a_failure(void)
{
    g_autoptr(GError) error = NULL;

    reset();
    fake.applications = 1;
    fake.fail_at = "UnregisterProvider";
    fake.fail_code = VSS_E_PROVIDER_IN_USE;
    g_assert_false(os_vss_unregister(&error));
    g_assert_true(g_str_has_prefix(error->message, "failed to unregister the snapshot provider"));
    g_assert_cmpint(fake.applications, ==, 0);
}

static void test_missing_dll_is_told(void)
{
    g_autoptr(GError) error = NULL;

    reset();
    put_dll(FALSE);
    g_assert_false(os_vss_register(&error));
    g_assert_true(
        g_str_has_prefix(error->message, "failed to find virtagent-vss.dll beside the agent: "));
    g_assert_cmpstr(fake.calls->str, ==, "");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmphex(CoInitializeEx(NULL, COINIT_MULTITHREADED), ==, S_OK);
    offer(&CLSID_COMAdminCatalog);
    offer(&CLSID_VSSCoordinator);
    g_test_add_func("/vss-register/registration-is-whole", test_registration_is_whole);
    g_test_add_func("/vss-register/earlier-registration-is-replaced",
                    test_earlier_registration_is_replaced);
    g_test_add_func("/vss-register/failed-registration-is-taken-back",
                    test_failed_registration_is_taken_back);
    g_test_add_func("/vss-register/nothing-to-unregister-is-no-failure",
                    test_nothing_to_unregister_is_no_failure);
    g_test_add_func("/vss-register/unregistering-goes-on-after-a-failure",
                    test_unregistering_goes_on_after_a_failure);
    g_test_add_func("/vss-register/missing-dll-is-told", test_missing_dll_is_told);
    return g_test_run();
}
