/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-disk-ask.h"
#include "os-disk-tree.h"

typedef enum { OS_DISK_KIND_DISK, OS_DISK_KIND_OPTICAL, OS_DISK_KINDS } OsDiskKind;

typedef struct {
    OsDiskKind kind;
    guint32 number;         /* among its kind: N of \\.\PhysicalDriveN or \\.\CdRomN */
    gboolean empty;         /* a drive without a medium */
    OsDiskAddress *address; /* its device is that path */
} OsDiskDevice;

/* Takes the serial number out of @answer. */
OsDiskDevice *os_disk_device_new(OsDiskKind kind, OsDiskAnswer *answer, const OsDiskAbove *above);
void os_disk_device_free(OsDiskDevice *device);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OsDiskDevice, os_disk_device_free)

/* Appends those of @kind that are there and answer to @devices, by number.  Blocks for seconds if
 * one does not. */
gboolean os_disk_devices_add(GPtrArray *devices, OsDiskKind kind, GError **error);

/* NULL if it is not there. */
const OsDiskDevice *os_disk_devices_find(const GPtrArray *devices, OsDiskKind kind, guint32 number);

OsDiskAddress *os_disk_address_copy(const OsDiskAddress *address);
