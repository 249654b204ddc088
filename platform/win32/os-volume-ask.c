/* SPDX-License-Identifier: Apache-2.0 */
#include "os-utf16.h"
#include "os-volume.h"

#include "os-patience.h"

#define EXTENTS_MAX 1024u /* of one volume: a striped one has as many as disks */

typedef struct {
    wchar_t *name, *device;
    wchar_t *place; /* where it is mounted, else its name */
    OsVolumeState state;
    OsVolume about;
} Question;

void os_volume_clear(OsVolume *volume)
{
    g_clear_pointer(&volume->type, g_free);
    g_clear_pointer(&volume->disks, g_array_unref);
}

static void question_free(gpointer data)
{
    Question *question = data;
    os_volume_clear(&question->about);
    g_free(question->name);
    g_free(question->place);
    g_free(question->device);
    g_free(question);
}

/* An optical drive has no extents, and no volume manager would split it. */
static void ask_disks(HANDLE volume, OsVolume *about)
{
    gsize room = G_STRUCT_OFFSET(VOLUME_DISK_EXTENTS, Extents) + EXTENTS_MAX * sizeof(DISK_EXTENT);
    g_autofree guint8 *extents = g_malloc0(room);
    STORAGE_DEVICE_NUMBER number;
    DWORD got = 0;

    if (volume &&
        os_storage_control(volume, IOCTL_STORAGE_GET_DEVICE_NUMBER, &number, sizeof number, NULL) &&
        (number.DeviceType == FILE_DEVICE_CD_ROM || number.DeviceType == FILE_DEVICE_DVD)) {
        about->optical = number.DeviceNumber;
    } else if (volume) {
        os_storage_control(volume, IOCTL_VOLUME_GET_VOLUME_DISK_EXTENTS, extents, (DWORD)room,
                           &got);
    }
    about->disks = os_volume_disks(extents, got);
}

/* Without the error mode a drive without a medium would be a question to a user whom nobody sees.
 * Network drives are no volumes; RAM disks and what has no file system are left out. */
static gboolean ask_type(const wchar_t *name, const wchar_t *place, OsVolume *about)
{
    wchar_t type[MAX_PATH + 1];
    DWORD flags = 0;
    UINT drive;

    SetThreadErrorMode(SEM_FAILCRITICALERRORS | SEM_NOOPENFILEERRORBOX, NULL);
    drive = GetDriveTypeW(name);
    if (drive == DRIVE_RAMDISK || drive == DRIVE_REMOTE ||
        !GetVolumeInformationW(name, NULL, 0, NULL, NULL, &flags, type, G_N_ELEMENTS(type)))
        return FALSE;
    about->fixed = drive == DRIVE_FIXED || GetDriveTypeW(place) == DRIVE_FIXED;
    about->read_only = (flags & FILE_READ_ONLY_VOLUME) != 0;
    about->type = os_utf8(type);
    return TRUE;
}

static void ask(gpointer data)
{
    Question *question = data;
    g_auto(OsHandle) volume = NULL;

    if (!ask_type(question->name, question->place, &question->about))
        return;
    volume = os_storage_open(question->device);
    ask_disks(volume, &question->about);
    question->state = OS_VOLUME_MOUNTED;
}

/* The mount manager says it, which does not touch the volume. */
static wchar_t *place_of(const char *volume)
{
    g_autoptr(GPtrArray) paths = os_volume_paths(volume);
    return os_utf16(paths->len > 0 ? paths->pdata[0] : volume, NULL);
}

OsVolumeState os_volume_ask(const char *volume, OsVolume *about)
{
    g_autofree char *subject = g_strconcat("volume ", volume, NULL);
    Question *question = g_new0(Question, 1);
    OsVolumeState state;

    question->name = os_utf16(volume, NULL);
    question->place = place_of(volume);
    question->device = os_volume_device(volume);
    question->state = OS_VOLUME_NO_FILESYSTEM;
    question->about.optical = -1;
    if (!os_patience_about(subject, ask, question, question_free, OS_STORAGE_PATIENCE))
        return OS_VOLUME_SILENT;
    state = question->state;
    if (state == OS_VOLUME_MOUNTED) {
        *about = question->about;
        question->about = (OsVolume){0};
    }
    question_free(question);
    return state;
}
