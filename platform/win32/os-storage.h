/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-handle.h"

#include <winioctl.h>

/* Questions to disks and volumes that need no right to read them.  They may never be answered, so
 * they are asked with os-patience.h. */

/* Milliseconds that a disk or volume has to say what it is: a virtual one needs less than one, an
 * optical one may have to be spun up. */
#define OS_STORAGE_PATIENCE 2000u

/* Opens @path, without a backslash at its end, for questions only.  NULL and GetLastError() if it
 * cannot be. */
HANDLE os_storage_open(const wchar_t *path);

/* DeviceIoControl() without input.  *got is the bytes that came; NULL if all of @size are needed.
 * FALSE and GetLastError() otherwise. */
gboolean os_storage_control(HANDLE device, DWORD code, void *out, DWORD size, DWORD *got);

/* The same for IOCTL_STORAGE_QUERY_PROPERTY of the standard kind. */
gboolean os_storage_property(HANDLE device, STORAGE_PROPERTY_ID property, void *out, DWORD size,
                             DWORD *got);
