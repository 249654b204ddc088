/* SPDX-License-Identifier: Apache-2.0 */
#include "os-error.h"
#include "os-service-private.h"
#include "os-utf16.h"

#define SOURCE L"SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\virtagent"

static LSTATUS set_values(HKEY key, const wchar_t *program)
{
    DWORD types = EVENTLOG_ERROR_TYPE | EVENTLOG_WARNING_TYPE | EVENTLOG_INFORMATION_TYPE;
    DWORD size = (DWORD)((wcslen(program) + 1) * sizeof *program);
    LSTATUS code = RegSetValueExW(key, L"EventMessageFile", 0, REG_SZ, (const BYTE *)program, size);

    if (code == ERROR_SUCCESS)
        code = RegSetValueExW(key, L"TypesSupported", 0, REG_DWORD, (const BYTE *)&types,
                              sizeof types);
    return code;
}

gboolean os_service_add_source(const char *program, GError **error)
{
    g_autofree wchar_t *wide = os_utf16(program, error);
    HKEY key = NULL;

    if (!wide)
        return FALSE;
    LSTATUS code = RegCreateKeyExW(HKEY_LOCAL_MACHINE, SOURCE, 0, NULL, REG_OPTION_NON_VOLATILE,
                                   KEY_SET_VALUE, NULL, &key, NULL);
    if (code == ERROR_SUCCESS) {
        code = set_values(key, wide);
        RegCloseKey(key);
    }
    return code == ERROR_SUCCESS ||
           os_error_code(error, (int)code, "failed to register with the event log");
}

gboolean os_service_remove_source(GError **error)
{
    LSTATUS code = RegDeleteKeyW(HKEY_LOCAL_MACHINE, SOURCE);

    return code == ERROR_SUCCESS || code == ERROR_FILE_NOT_FOUND ||
           os_error_code(error, (int)code, "failed to unregister from the event log");
}
