/* SPDX-License-Identifier: Apache-2.0 */
#include "os-disk-ask.h"
#include "os-disk-nvme.h"
#include "os-utf16.h"

#include "os-patience.h"

#include <string.h>

#define NO_NUMBER      MAXDWORD /* of one path to a disk that has several */
#define DESCRIPTOR_MAX 4096u    /* bytes: its texts have 252 at most each */

typedef struct {
    wchar_t *path;
    gboolean told;
    OsDiskAnswer answer;
} Question;

void os_disk_answer_clear(OsDiskAnswer *answer)
{
    g_clear_pointer(&answer->serial, g_free);
}

static void question_free(gpointer data)
{
    Question *question = data;
    os_disk_answer_clear(&question->answer);
    g_free(question->path);
    g_free(question);
}

/* The geometry is what can be had without reading; that of a drive without a medium cannot. */
static gboolean is_empty(HANDLE disk)
{
    DISK_GEOMETRY_EX geometry;
    DWORD got, code;

    if (os_storage_control(disk, IOCTL_DISK_GET_DRIVE_GEOMETRY_EX, &geometry, sizeof geometry,
                           &got))
        return got >= G_STRUCT_OFFSET(DISK_GEOMETRY_EX, Data) && geometry.DiskSize.QuadPart == 0;
    code = GetLastError();
    return code == ERROR_NOT_READY || code == ERROR_NO_MEDIA_IN_DRIVE;
}

static void ask_descriptor(HANDLE disk, OsDiskAnswer *answer)
{
    g_autofree guint8 *bytes = g_malloc0(DESCRIPTOR_MAX);
    STORAGE_DEVICE_DESCRIPTOR head;
    DWORD got;

    if (!os_storage_property(disk, StorageDeviceProperty, bytes, DESCRIPTOR_MAX, &got) ||
        got < sizeof head)
        return;
    memcpy(&head, bytes, sizeof head);
    answer->bus_type = os_disk_bus((guint)head.BusType);
    answer->serial = os_disk_serial(bytes, got);
}

/* What Windows calls the serial number of an NVMe disk is the identifier of the namespace. */
static void ask_nvme_serial(HANDLE disk, OsDiskAnswer *answer)
{
    char *serial = answer->bus_type == OS_BUS_NVME ? os_disk_nvme_serial(disk) : NULL;

    if (serial) {
        g_free(answer->serial);
        answer->serial = serial;
    }
}

static void ask(gpointer data)
{
    Question *question = data;
    OsDiskAnswer *answer = &question->answer;
    g_auto(OsHandle) disk = os_storage_open(question->path);
    STORAGE_DEVICE_NUMBER number;

    if (!disk ||
        !os_storage_control(disk, IOCTL_STORAGE_GET_DEVICE_NUMBER, &number, sizeof number, NULL) ||
        number.DeviceNumber == NO_NUMBER)
        return;
    answer->number = number.DeviceNumber;
    answer->empty = is_empty(disk);
    ask_descriptor(disk, answer);
    ask_nvme_serial(disk, answer);
    answer->has_place = os_storage_control(disk, IOCTL_SCSI_GET_ADDRESS, &answer->place,
                                           sizeof answer->place, NULL);
    question->told = TRUE;
}

gboolean os_disk_ask(const wchar_t *path, OsDiskAnswer *answer)
{
    g_autofree char *name = os_utf8(path);
    g_autofree char *subject = g_strconcat("disk ", name, NULL);
    Question *question = g_new0(Question, 1);
    gboolean told;

    question->path = g_memdup2(path, (wcslen(path) + 1) * sizeof *path);
    if (!os_patience_about(subject, ask, question, question_free, OS_STORAGE_PATIENCE))
        return FALSE;
    told = question->told;
    if (told) {
        *answer = question->answer;
        question->answer.serial = NULL;
    }
    question_free(question);
    return told;
}
