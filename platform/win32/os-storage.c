/* SPDX-License-Identifier: Apache-2.0 */
#include "os-storage.h"

HANDLE os_storage_open(const wchar_t *path)
{
    HANDLE device = CreateFileW(path, 0, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                NULL, OPEN_EXISTING, 0, NULL);
    return os_handle_is_valid(device) ? device : NULL;
}

static gboolean take(gboolean done, DWORD size, DWORD came, DWORD *got)
{
    if (done && !got && came < size) {
        SetLastError(ERROR_INVALID_DATA);
        return FALSE;
    }
    if (done && got)
        *got = came;
    return done;
}

gboolean os_storage_control(HANDLE device, DWORD code, void *out, DWORD size, DWORD *got)
{
    DWORD came = 0;
    gboolean done = DeviceIoControl(device, code, NULL, 0, out, size, &came, NULL);
    return take(done, size, came, got);
}

gboolean os_storage_property(HANDLE device, STORAGE_PROPERTY_ID property, void *out, DWORD size,
                             DWORD *got)
{
    STORAGE_PROPERTY_QUERY query = {.PropertyId = property, .QueryType = PropertyStandardQuery};
    DWORD came = 0;
    gboolean done = DeviceIoControl(device, IOCTL_STORAGE_QUERY_PROPERTY, &query, sizeof query, out,
                                    size, &came, NULL);
    return take(done, size, came, got);
}
