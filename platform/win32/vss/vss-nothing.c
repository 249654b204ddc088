/* SPDX-License-Identifier: Apache-2.0 */
#define COBJMACROS
#include "vss-provider.h"

static HRESULT STDMETHODCALLTYPE query(IVssEnumObject *self, REFIID id, void **object)
{
    if (!IsEqualIID(id, &IID_IUnknown) && !IsEqualIID(id, &IID_IVssEnumObject)) {
        *object = NULL;
        return E_NOINTERFACE;
    }
    *object = self;
    return S_OK;
}

static ULONG STDMETHODCALLTYPE count(IVssEnumObject *self)
{
    return 1;
}

static HRESULT STDMETHODCALLTYPE next(IVssEnumObject *self, ULONG length, VSS_OBJECT_PROP *objects,
                                      ULONG *fetched)
{
    if (fetched)
        *fetched = 0;
    return length == 0 ? S_OK : S_FALSE;
}

static HRESULT STDMETHODCALLTYPE skip(IVssEnumObject *self, ULONG length)
{
    return length == 0 ? S_OK : S_FALSE;
}

static HRESULT STDMETHODCALLTYPE reset(IVssEnumObject *self)
{
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE clone(IVssEnumObject *self, IVssEnumObject **copy)
{
    *copy = self;
    return S_OK;
}

IVssEnumObject *vss_nothing(void)
{
    static const IVssEnumObjectVtbl vtbl = {query, count, count, next, skip, reset, clone};
    static IVssEnumObject nothing = {&vtbl};
    return &nothing;
}
