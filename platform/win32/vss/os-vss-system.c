/* SPDX-License-Identifier: Apache-2.0 */
#include "os-vss-system.h"

/* The name of the C++ function that older vssapi.dll have instead. */
#ifdef _WIN64
#define CREATE_MANGLED "?CreateVssBackupComponents@@YAJPEAPEAVIVssBackupComponents@@@Z"
#else
#define CREATE_MANGLED "?CreateVssBackupComponents@@YGJPAPAVIVssBackupComponents@@@Z"
#endif

typedef HRESULT(WINAPI *Create)(IVssBackupComponents **backup);

/* The DLL stays loaded: threads of COM may still be in it after the last object is gone. */
static HRESULT create(IVssBackupComponents **backup)
{
    HMODULE module = LoadLibraryExW(L"vssapi.dll", NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);
    Create function = NULL;

    if (!module)
        return HRESULT_FROM_WIN32(GetLastError());
    function = (Create)(void *)GetProcAddress(module, "CreateVssBackupComponentsInternal");
    if (!function)
        function = (Create)(void *)GetProcAddress(module, CREATE_MANGLED);
    return function ? function(backup) : HRESULT_FROM_WIN32(ERROR_PROC_NOT_FOUND);
}

/* The second is where administrators have set it for another agent. */
static const wchar_t *const settings[] = {
    L"SYSTEM\\CurrentControlSet\\Services\\virtagent VSS Provider",
    L"SYSTEM\\CurrentControlSet\\Services\\QEMU Guest Agent VSS Provider",
    NULL,
};

const OsVssSystem os_vss_system = {
    .create = create,
    .settings = settings,
    .freeze_ms = 60000,
    .retry_ms = 10000,
    .end_ms = 30000,
    .slice_ms = 100,
};
