/* SPDX-License-Identifier: Apache-2.0 */
#include "os-device.h"
#include "os-device-id.h"
#include "os-error.h"
#include "os-filetime.h"
#include "os-utf16.h"

#include <windows.h>

#include <setupapi.h>

#include <devpropdef.h>

#define PROPERTY_MAX (64u * 1024) /* bytes; those asked for have some hundreds */

/* Some of those of devpkey.h, which goes badly with other headers of mingw-w64. */
#define DRIVER_PROPERTY(number)                                                                    \
    {                                                                                              \
        {0xa8b865dd, 0x2e3d, 0x4094, {0xad, 0x97, 0xe5, 0x93, 0xa7, 0x0c, 0x75, 0xd6}}, number     \
    }
static const DEVPROPKEY driver_date = DRIVER_PROPERTY(2);
static const DEVPROPKEY driver_version = DRIVER_PROPERTY(3);
static const DEVPROPKEY driver_description = DRIVER_PROPERTY(4);

typedef struct {
    HDEVINFO set;
    SP_DEVINFO_DATA data;
} Device;

/* NULs follow what is read, so that it ends even if it should not. */
static gpointer buffer_new(DWORD size)
{
    return g_malloc0(size + 3 * sizeof(wchar_t));
}

/* What the driver's package says; NULL if there is no such property of that type. */
static gpointer driver_property(Device *device, const DEVPROPKEY *key, DEVPROPTYPE type,
                                DWORD *size)
{
    g_autofree guint8 *bytes = NULL;
    DEVPROPTYPE is = DEVPROP_TYPE_EMPTY;
    DWORD got = 0;

    SetupDiGetDevicePropertyW(device->set, &device->data, key, &is, NULL, 0, &got, 0);
    if (is != type || got == 0 || got > PROPERTY_MAX)
        return NULL;
    bytes = buffer_new(got);
    if (!SetupDiGetDevicePropertyW(device->set, &device->data, key, &is, bytes, got, &got, 0) ||
        is != type)
        return NULL;
    *size = got;
    return g_steal_pointer(&bytes);
}

/* What is noted of the device itself, in text; the same. */
static wchar_t *device_property(Device *device, DWORD what, DWORD type)
{
    g_autofree guint8 *bytes = NULL;
    DWORD is = REG_NONE, got = 0;

    SetupDiGetDeviceRegistryPropertyW(device->set, &device->data, what, &is, NULL, 0, &got);
    if (got == 0 || got > PROPERTY_MAX)
        return NULL;
    bytes = buffer_new(got);
    if (!SetupDiGetDeviceRegistryPropertyW(device->set, &device->data, what, &is, bytes, got,
                                           &got) ||
        is != type)
        return NULL;
    return (wchar_t *)(gpointer)g_steal_pointer(&bytes);
}

static char *driver_text(Device *device, const DEVPROPKEY *key)
{
    DWORD size;
    g_autofree wchar_t *text = driver_property(device, key, DEVPROP_TYPE_STRING, &size);
    return text && *text ? os_utf8(text) : NULL;
}

static char *device_text(Device *device, DWORD what)
{
    g_autofree wchar_t *text = device_property(device, what, REG_SZ);
    return text && *text ? os_utf8(text) : NULL;
}

static gint64 date_of(Device *device)
{
    DWORD size;
    g_autofree FILETIME *date = driver_property(device, &driver_date, DEVPROP_TYPE_FILETIME, &size);
    return date && size == sizeof *date ? os_filetime_nanoseconds(os_filetime_steps(*date)) : 0;
}

/* The name that the driver's package gives the device it is for. */
static char *name_of(Device *device)
{
    char *name = driver_text(device, &driver_description);
    return name ? name : device_text(device, SPDRP_DEVICEDESC);
}

/* One text after the other, from the most exact to the most general; an empty one ends them. */
static void add_pci(Device *device, OsDevice *out)
{
    g_autofree wchar_t *ids = device_property(device, SPDRP_HARDWAREID, REG_MULTI_SZ);

    for (const wchar_t *id = ids; id && *id && !out->is_pci; id += wcslen(id) + 1)
        out->is_pci = os_device_parse_id(id, &out->vendor, &out->device);
}

/* NULL if it has no driver, whose place in the registry it would know. */
static OsDevice *device_new(Device *device)
{
    g_autofree char *driver = device_text(device, SPDRP_DRIVER);
    g_autofree char *name = driver ? name_of(device) : NULL;
    OsDevice *out;

    if (!name)
        return NULL;
    out = g_new0(OsDevice, 1);
    out->driver_name = g_steal_pointer(&name);
    out->driver_version = driver_text(device, &driver_version);
    out->driver_date = date_of(device);
    add_pci(device, out);
    return out;
}

GPtrArray *os_device_list(GError **error)
{
    Device device = {.data.cbSize = sizeof device.data};
    GPtrArray *list;

    device.set = SetupDiGetClassDevsW(NULL, NULL, NULL, DIGCF_PRESENT | DIGCF_ALLCLASSES);
    if (device.set == INVALID_HANDLE_VALUE)
        return os_error_null(error, "failed to list the devices");
    list = g_ptr_array_new_with_free_func((GDestroyNotify)os_device_free);
    for (DWORD i = 0; SetupDiEnumDeviceInfo(device.set, i, &device.data); i++) {
        OsDevice *found = device_new(&device);
        if (found)
            g_ptr_array_add(list, found);
    }
    SetupDiDestroyDeviceInfoList(device.set);
    return list;
}
