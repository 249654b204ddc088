/* SPDX-License-Identifier: Apache-2.0 */

/* What COM asks of the DLL. */

#define COBJMACROS
#include "vss-provider.h"

#include "vss-class.h"
#include "vss-names.h"

#include <olectl.h>

/* COM asks the DLL as a whole, so this is the DLL's and no object's. */
static LONG module_references;

void vss_module_ref(void)
{
    InterlockedIncrement(&module_references);
}

void vss_module_unref(void)
{
    InterlockedDecrement(&module_references);
}

static HRESULT STDMETHODCALLTYPE factory_query(IClassFactory *self, REFIID id, void **object)
{
    if (!IsEqualIID(id, &IID_IUnknown) && !IsEqualIID(id, &IID_IClassFactory)) {
        *object = NULL;
        return E_NOINTERFACE;
    }
    *object = self;
    return S_OK;
}

static ULONG STDMETHODCALLTYPE factory_count(IClassFactory *self)
{
    return 1;
}

static HRESULT STDMETHODCALLTYPE factory_create(IClassFactory *self, IUnknown *outer, REFIID id,
                                                void **object)
{
    *object = NULL;
    return outer ? CLASS_E_NOAGGREGATION : vss_provider_new(id, object);
}

static HRESULT STDMETHODCALLTYPE factory_lock(IClassFactory *self, WINBOOL lock)
{
    if (lock)
        vss_module_ref();
    else
        vss_module_unref();
    return S_OK;
}

HRESULT WINAPI DllGetClassObject(REFCLSID class_id, REFIID id, void **object)
{
    static const IClassFactoryVtbl vtbl = {factory_query, factory_count, factory_count,
                                           factory_create, factory_lock};
    static IClassFactory factory = {&vtbl};

    *object = NULL;
    if (!IsEqualCLSID(class_id, &VSS_PROVIDER_CLASS_ID))
        return CLASS_E_CLASSNOTAVAILABLE;
    return factory_query(&factory, id, object);
}

HRESULT WINAPI DllCanUnloadNow(void)
{
    return module_references == 0 ? S_OK : S_FALSE;
}

/* COM+ calls this when the class is installed into an application. */
HRESULT WINAPI DllRegisterServer(void)
{
    return vss_class_register();
}

HRESULT WINAPI DllUnregisterServer(void)
{
    return vss_class_unregister();
}
