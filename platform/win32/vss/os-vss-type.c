/* SPDX-License-Identifier: Apache-2.0 */
#include "os-vss-type.h"

static const VSS_BACKUP_TYPE types[] = {
    [OS_BACKUP_DEFAULT] = VSS_BT_UNDEFINED,
    [OS_BACKUP_COPY] = VSS_BT_COPY,
    [OS_BACKUP_FULL] = VSS_BT_FULL,
    [OS_BACKUP_INCREMENTAL] = VSS_BT_INCREMENTAL,
    [OS_BACKUP_DIFFERENTIAL] = VSS_BT_DIFFERENTIAL,
    [OS_BACKUP_LOG] = VSS_BT_LOG,
};

static gboolean is_known(DWORD value)
{
    for (guint i = OS_BACKUP_COPY; i < G_N_ELEMENTS(types); i++)
        if (value == (DWORD)types[i])
            return TRUE;
    return FALSE;
}

VSS_BACKUP_TYPE os_vss_type(OsBackupType type, const wchar_t *const *settings)
{
    if (type > OS_BACKUP_DEFAULT && type < G_N_ELEMENTS(types))
        return types[type];
    for (; *settings; settings++) {
        DWORD value = 0, size = sizeof value;
        LSTATUS status = RegGetValueW(HKEY_LOCAL_MACHINE, *settings, L"VssOption", RRF_RT_REG_DWORD,
                                      NULL, &value, &size);
        if (status == ERROR_SUCCESS)
            return is_known(value) ? (VSS_BACKUP_TYPE)value : VSS_BT_COPY;
    }
    return VSS_BT_COPY;
}
