/* SPDX-License-Identifier: Apache-2.0 */
#include "os-disk-device.h"
#include "os-error.h"

#include <setupapi.h>

#define DEVICES_MAX     4096u  /* of a kind */
#define INTERFACE_BYTES 65536u /* at most of the path of one */

/* GUID_DEVINTERFACE_DISK and GUID_DEVINTERFACE_CDROM (ntddstor.h). */
static const struct {
    GUID interface_class;
    const char *prefix;
} kinds[OS_DISK_KINDS] = {
    [OS_DISK_KIND_DISK] =
        {{0x53f56307, 0xb6bf, 0x11d0, {0x94, 0xf2, 0x00, 0xa0, 0xc9, 0x1e, 0xfb, 0x8b}},
         "\\\\.\\PhysicalDrive"},
    [OS_DISK_KIND_OPTICAL] =
        {{0x53f56308, 0xb6bf, 0x11d0, {0x94, 0xf2, 0x00, 0xa0, 0xc9, 0x1e, 0xfb, 0x8b}},
         "\\\\.\\CdRom"},
};

typedef HDEVINFO OsDeviceSet;

static void device_set_free(HDEVINFO set)
{
    if (set != INVALID_HANDLE_VALUE)
        SetupDiDestroyDeviceInfoList(set);
}
G_DEFINE_AUTO_CLEANUP_FREE_FUNC(OsDeviceSet, device_set_free, INVALID_HANDLE_VALUE)

void os_disk_device_free(OsDiskDevice *device)
{
    if (!device)
        return;
    os_disk_address_free(device->address);
    g_free(device);
}

OsDiskAddress *os_disk_address_copy(const OsDiskAddress *address)
{
    OsDiskAddress *copy = g_memdup2(address, sizeof *address);

    copy->ccw = g_memdup2(address->ccw, sizeof *address->ccw);
    copy->serial = g_strdup(address->serial);
    copy->device = g_strdup(address->device);
    return copy;
}

OsDiskDevice *os_disk_device_new(OsDiskKind kind, OsDiskAnswer *answer, const OsDiskAbove *above)
{
    OsDiskDevice *device = g_new0(OsDiskDevice, 1);

    device->kind = kind;
    device->number = answer->number;
    device->empty = answer->empty;
    device->address = g_new0(OsDiskAddress, 1);
    device->address->bus_type = answer->bus_type;
    device->address->pci = above->pci;
    device->address->serial = g_steal_pointer(&answer->serial);
    device->address->device = g_strdup_printf("%s%u", kinds[kind].prefix, device->number);
    os_disk_place(device->address, answer->has_place ? &answer->place : NULL, above->ide_channel);
    return device;
}

/* NULL if it has gone meanwhile, or does not answer. */
static OsDiskDevice *device_at(HDEVINFO set, SP_DEVICE_INTERFACE_DATA *found, OsDiskKind kind)
{
    SP_DEVINFO_DATA node = {.cbSize = sizeof node};
    g_autofree SP_DEVICE_INTERFACE_DETAIL_DATA_W *detail = NULL;
    g_auto(OsDiskAnswer) answer = {0};
    OsDiskAbove above;
    DWORD size = 0;

    SetupDiGetDeviceInterfaceDetailW(set, found, NULL, 0, &size, NULL);
    if (size < sizeof *detail || size > INTERFACE_BYTES)
        return NULL;
    detail = g_malloc0(size);
    detail->cbSize = sizeof *detail;
    if (!SetupDiGetDeviceInterfaceDetailW(set, found, detail, size, NULL, &node) ||
        !os_disk_ask(detail->DevicePath, &answer))
        return NULL;
    above = os_disk_above(node.DevInst);
    return os_disk_device_new(kind, &answer, &above);
}

static gint by_number(gconstpointer a, gconstpointer b)
{
    const OsDiskDevice *left = *(OsDiskDevice *const *)a, *right = *(OsDiskDevice *const *)b;

    if (left->kind != right->kind)
        return left->kind < right->kind ? -1 : 1;
    return (left->number > right->number) - (left->number < right->number);
}

gboolean os_disk_devices_add(GPtrArray *devices, OsDiskKind kind, GError **error)
{
    const GUID *class = &kinds[kind].interface_class;
    g_auto(OsDeviceSet) set =
        SetupDiGetClassDevsW(class, NULL, NULL, DIGCF_PRESENT | DIGCF_DEVICEINTERFACE);
    SP_DEVICE_INTERFACE_DATA found = {.cbSize = sizeof found};

    if (set == INVALID_HANDLE_VALUE)
        return os_error(error, "failed to list the disks");
    for (DWORD i = 0; i < DEVICES_MAX && SetupDiEnumDeviceInterfaces(set, NULL, class, i, &found);
         i++) {
        OsDiskDevice *device = device_at(set, &found, kind);
        if (device)
            g_ptr_array_add(devices, device);
    }
    g_ptr_array_sort(devices, by_number);
    return TRUE;
}

const OsDiskDevice *os_disk_devices_find(const GPtrArray *devices, OsDiskKind kind, guint32 number)
{
    for (guint i = 0; i < devices->len; i++) {
        const OsDiskDevice *device = g_ptr_array_index(devices, i);
        if (device->kind == kind && device->number == number)
            return device;
    }
    return NULL;
}
