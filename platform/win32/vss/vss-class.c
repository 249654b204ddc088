/* SPDX-License-Identifier: Apache-2.0 */
#include "vss-class.h"

#include "vss-names.h"

#include <objbase.h>

#define GUID_LENGTH 39 /* "{...}" and the NUL */
#define PREFIX      L"SOFTWARE\\Classes\\CLSID\\"

/* lstrcpyW() and the like: nothing here is longer than the array. */
static void make_key(wchar_t key[static MAX_PATH])
{
    wchar_t id[GUID_LENGTH];

    StringFromGUID2(&VSS_PROVIDER_CLASS_ID, id, GUID_LENGTH);
    lstrcpyW(key, PREFIX);
    lstrcatW(key, id);
}

static LSTATUS set(const wchar_t *key, const wchar_t *name, const wchar_t *value)
{
    DWORD size = (DWORD)(((size_t)lstrlenW(value) + 1) * sizeof(wchar_t));
    return RegSetKeyValueW(HKEY_LOCAL_MACHINE, key, name, REG_SZ, value, size);
}

/* The path of the DLL that this function is in. */
static LSTATUS module_path(wchar_t path[static MAX_PATH])
{
    static const DWORD how =
        GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT;
    HMODULE module;

    if (!GetModuleHandleExW(how, (const wchar_t *)(void *)module_path, &module))
        return (LSTATUS)GetLastError();
    DWORD length = GetModuleFileNameW(module, path, MAX_PATH);
    if (length == 0)
        return (LSTATUS)GetLastError();
    return length < MAX_PATH ? ERROR_SUCCESS : ERROR_FILENAME_EXCED_RANGE;
}

HRESULT vss_class_register(void)
{
    wchar_t key[MAX_PATH], path[MAX_PATH];
    LSTATUS status = module_path(path);

    make_key(key);
    if (status == ERROR_SUCCESS)
        status = set(key, NULL, VSS_PROVIDER_NAME);
    lstrcatW(key, L"\\InprocServer32");
    if (status == ERROR_SUCCESS)
        status = set(key, NULL, path);
    if (status == ERROR_SUCCESS)
        status = set(key, L"ThreadingModel", L"Both");
    return HRESULT_FROM_WIN32((DWORD)status);
}

HRESULT vss_class_unregister(void)
{
    wchar_t key[MAX_PATH];

    make_key(key);
    LSTATUS status = RegDeleteTreeW(HKEY_LOCAL_MACHINE, key);
    return status == ERROR_FILE_NOT_FOUND ? S_OK : HRESULT_FROM_WIN32((DWORD)status);
}
