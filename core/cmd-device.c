/* SPDX-License-Identifier: Apache-2.0 */
#include "os-device.h"
#include "schema-commands.h"

static GuestDeviceId *guest_id(const OsDevice *device)
{
    GuestDeviceId *id;

    if (!device->is_pci)
        return NULL;
    id = g_new0(GuestDeviceId, 1);
    id->type = GUEST_DEVICE_TYPE_PCI;
    id->pci = g_new0(GuestDeviceIdPCI, 1);
    id->pci->vendor_id = device->vendor;
    id->pci->device_id = device->device;
    return id;
}

static GuestDeviceInfo *guest_device(const OsDevice *device)
{
    GuestDeviceInfo *guest = g_new0(GuestDeviceInfo, 1);
    guest->driver_name = g_strdup(device->driver_name);
    guest->driver_version = g_strdup(device->driver_version);
    guest->has_driver_date = device->driver_date != 0;
    guest->driver_date = device->driver_date;
    guest->id = guest_id(device);
    return guest;
}

gboolean cmd_get_devices(GPtrArray **out, GError **error)
{
    g_autoptr(GPtrArray) devices = os_device_list(error);
    if (!devices)
        return FALSE;
    *out = g_ptr_array_sized_new(devices->len);
    for (guint i = 0; i < devices->len; i++)
        g_ptr_array_add(*out, guest_device(g_ptr_array_index(devices, i)));
    return TRUE;
}
