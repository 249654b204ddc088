/* SPDX-License-Identifier: Apache-2.0 */
#include "os-disk.h"
#include "os-disk-device.h"
#include "os-disk-nvme.h"
#include "os-utf16.h"

#include "os-patience.h"

static OsDisk *disk_of(const OsDiskDevice *device)
{
    OsDisk *disk = g_new0(OsDisk, 1);

    disk->name = g_strdup(device->address->device);
    disk->dependencies = g_ptr_array_new_with_free_func(g_free);
    disk->address = os_disk_address_copy(device->address);
    disk->nvme = device->address->bus_type == OS_BUS_NVME;
    return disk;
}

GPtrArray *os_disk_list(GError **error)
{
    g_autoptr(GPtrArray) devices =
        g_ptr_array_new_with_free_func((GDestroyNotify)os_disk_device_free);
    GPtrArray *disks;

    if (!os_disk_devices_add(devices, OS_DISK_KIND_DISK, error))
        return NULL;
    disks = g_ptr_array_new_with_free_func((GDestroyNotify)os_disk_free);
    for (guint i = 0; i < devices->len; i++) {
        const OsDiskDevice *device = g_ptr_array_index(devices, i);
        if (!device->empty)
            g_ptr_array_add(disks, disk_of(device));
    }
    return disks;
}

typedef struct {
    wchar_t *path;
    gboolean told;
    guint8 page[OS_DISK_NVME_SMART];
} Question;

static void question_free(gpointer data)
{
    Question *question = data;
    g_free(question->path);
    g_free(question);
}

static void ask(gpointer data)
{
    Question *question = data;
    g_auto(OsHandle) disk = os_storage_open(question->path);
    question->told = disk && os_disk_nvme_smart(disk, question->page);
}

gboolean os_disk_smart(const OsDisk *disk, guint milliseconds, OsNvmeSmart *smart)
{
    g_autofree char *subject = g_strconcat("smart ", disk->name, NULL);
    g_autofree wchar_t *path = os_utf16(disk->name, NULL);
    Question *question;
    gboolean told;

    if (!path)
        return FALSE;
    question = g_new0(Question, 1);
    question->path = g_steal_pointer(&path);
    if (!os_patience_about(subject, ask, question, question_free, milliseconds))
        return FALSE;
    told = question->told;
    if (told)
        os_disk_nvme_smart_parse(question->page, smart);
    question_free(question);
    return told;
}
