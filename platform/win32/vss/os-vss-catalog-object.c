/* SPDX-License-Identifier: Apache-2.0 */
#define COBJMACROS
#include "os-vss-catalog-object.h"

#include <oleauto.h>

static HRESULT as_collection(HRESULT result, IDispatch *dispatch, ICatalogCollection **collection)
{
    if (FAILED(result) || !dispatch)
        return FAILED(result) ? result : E_UNEXPECTED;
    result = IDispatch_QueryInterface(dispatch, &IID_ICatalogCollection, (void **)collection);
    IDispatch_Release(dispatch);
    if (FAILED(result))
        return result;
    result = ICatalogCollection_Populate(*collection);
    if (FAILED(result))
        ICatalogCollection_Release(*collection);
    return result;
}

static HRESULT as_object(HRESULT result, IDispatch *dispatch, ICatalogObject **object)
{
    if (FAILED(result) || !dispatch)
        return FAILED(result) ? result : E_UNEXPECTED;
    result = IDispatch_QueryInterface(dispatch, &IID_ICatalogObject, (void **)object);
    IDispatch_Release(dispatch);
    return result;
}

HRESULT os_vss_catalog_applications(ICOMAdminCatalog2 *catalog, ICatalogCollection **applications)
{
    IDispatch *dispatch = NULL;
    BSTR name = SysAllocString(L"Applications");
    HRESULT result = ICOMAdminCatalog2_GetCollection(catalog, name, &dispatch);

    SysFreeString(name);
    return as_collection(result, dispatch, applications);
}

HRESULT os_vss_catalog_part(ICatalogCollection *parent, ICatalogObject *object, const wchar_t *what,
                            ICatalogCollection **part)
{
    IDispatch *dispatch = NULL;
    BSTR name = SysAllocString(what);
    VARIANT key;

    VariantInit(&key);
    HRESULT result = ICatalogObject_get_Key(object, &key);
    if (SUCCEEDED(result))
        result = ICatalogCollection_GetCollection(parent, name, key, &dispatch);
    VariantClear(&key);
    SysFreeString(name);
    return as_collection(result, dispatch, part);
}

HRESULT os_vss_catalog_new(ICatalogCollection *collection, ICatalogObject **object)
{
    IDispatch *dispatch = NULL;
    HRESULT result = ICatalogCollection_Add(collection, &dispatch);
    return as_object(result, dispatch, object);
}

HRESULT os_vss_catalog_save(ICatalogCollection *collection)
{
    LONG changes = 0;
    return ICatalogCollection_SaveChanges(collection, &changes);
}

HRESULT os_vss_catalog_set_text(ICatalogObject *object, const wchar_t *property,
                                const wchar_t *text)
{
    BSTR name = SysAllocString(property);
    VARIANT value = {.vt = VT_BSTR, .bstrVal = SysAllocString(text)};
    HRESULT result = ICatalogObject_put_Value(object, name, value);

    VariantClear(&value);
    SysFreeString(name);
    return result;
}

HRESULT os_vss_catalog_set_number(ICatalogObject *object, const wchar_t *property, VARTYPE type,
                                  LONG number)
{
    BSTR name = SysAllocString(property);
    VARIANT value = {.vt = type};

    if (type == VT_BOOL)
        value.boolVal = number ? VARIANT_TRUE : VARIANT_FALSE;
    else
        value.lVal = number;
    HRESULT result = ICatalogObject_put_Value(object, name, value);
    SysFreeString(name);
    return result;
}

gboolean os_vss_catalog_is_named(ICatalogCollection *applications, LONG index, const wchar_t *name)
{
    IDispatch *dispatch = NULL;
    ICatalogObject *object = NULL;
    VARIANT value;
    HRESULT got = ICatalogCollection_get_Item(applications, index, &dispatch);

    if (FAILED(as_object(got, dispatch, &object)))
        return FALSE;
    VariantInit(&value);
    gboolean same = SUCCEEDED(ICatalogObject_get_Name(object, &value)) && value.vt == VT_BSTR &&
                    value.bstrVal && wcscmp(value.bstrVal, name) == 0;
    VariantClear(&value);
    ICatalogObject_Release(object);
    return same;
}
