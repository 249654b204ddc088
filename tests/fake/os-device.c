/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-info.h"

GPtrArray *os_device_list(GError **error)
{
    const FakeInfo *fake = fake_info();
    GPtrArray *devices;

    if (!fake_info_called(G_STRFUNC, error))
        return NULL;
    devices = g_ptr_array_new_with_free_func((GDestroyNotify)os_device_free);
    for (guint i = 0; i < fake->n_devices; i++) {
        OsDevice *device = g_memdup2(&fake->devices[i], sizeof *device);
        device->driver_name = g_strdup(device->driver_name);
        device->driver_version = g_strdup(device->driver_version);
        g_ptr_array_add(devices, device);
    }
    return devices;
}
