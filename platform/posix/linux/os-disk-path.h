/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-disk.h"

/*
 * What the place of a block device in /sys/devices says about how it is connected: each part of the
 * path is a bus or a device on it.
 *
 *   /sys/devices/pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0/block/sda
 */
typedef struct {
    OsBus bus_type;
    OsPciAddress pci;   /* the last on the way */
    gsize pci_end;      /* so many bytes of the path lead to it; 0: none */
    gint64 scsi[3];     /* channel, id, LUN */
    gboolean has_scsi;  /* there was such an address */
    guint ata;          /* the N of "ataN"; numbered through all controllers, from 1 */
    gsize ata_end;      /* so many bytes of the path lead to it; 0: none */
    OsCcwAddress ccw;   /* cssid, ssid, subchno of the subchannel, devno of the device */
    guint has_ccw;      /* 1: the subchannel only; 2: both */
    gboolean is_device; /* not something the kernel made up, like a loop device */
} OsDiskPath;

/* Any text will do. */
void os_disk_path_parse(const char *path, OsDiskPath *found);
