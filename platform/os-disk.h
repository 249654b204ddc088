/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * Disks: which there are, what they are made of, and how they are connected, so that the host can
 * tell which of its virtual disks one is.  Strings are UTF-8.
 */
typedef enum {
    OS_BUS_UNKNOWN,
    OS_BUS_IDE,
    OS_BUS_FLOPPY,
    OS_BUS_SCSI,
    OS_BUS_VIRTIO, /* virtio-blk; a disk of virtio-scsi is a SCSI disk */
    OS_BUS_XEN,
    OS_BUS_USB,
    OS_BUS_UML,
    OS_BUS_SATA,
    OS_BUS_SD,
    OS_BUS_IEEE1394,
    OS_BUS_SSA,
    OS_BUS_FIBRE,
    OS_BUS_RAID,
    OS_BUS_ISCSI,
    OS_BUS_SAS,
    OS_BUS_MMC,
    OS_BUS_VIRTUAL,             /* Windows: storage spaces and the like */
    OS_BUS_FILE_BACKED_VIRTUAL, /* Windows: VHD files */
    OS_BUS_NVME,
    OS_BUS_N
} OsBus;

/* Of the controller next to the disk.  All are -1 if it is not a PCI device. */
typedef struct {
    gint64 domain, bus, slot, function;
} OsPciAddress;

/* On the channel subsystem of an IBM Z machine, as the guest sees it: cssid is always 0 on Linux.
 */
typedef struct {
    guint cssid, ssid, subchno, devno;
} OsCcwAddress;

/*
 * bus, target and unit are those by which libvirt addresses the disk on its controller:
 * - SCSI: channel, id, LUN.  On lsilogic (sym53c8xx) 0, 0, id.
 * - SATA: 0, 0, port.  IDE: 0 or 1 for the primary and secondary port, 0, 0 or 1 for master, slave.
 * - NVMe: 0, 0, namespace less 1.
 * - virtio and everything else: 0, 0, 0.
 */
typedef struct {
    OsBus bus_type;
    gint64 bus, target, unit;
    OsPciAddress pci;
    OsCcwAddress *ccw; /* NULL: not such a device */
    char *serial;      /* as the host has set it, nothing added; NULL: none known */
    char *device;      /* the device file: "/dev/vda"; of a part in use, that: "/dev/vda1" */
} OsDiskAddress;

typedef struct {
    char *name; /* its device file: "/dev/vda1"; Windows: "\\.\PhysicalDrive0" */
    gboolean partition;
    GPtrArray *dependencies; /* names (char *) of the disks it is directly made of */
    OsDiskAddress *address;  /* NULL: it is made of others, or is not a device on a bus */
    char *alias;             /* the name that device mapper knows it by; NULL: none */
    gboolean nvme;           /* os_disk_smart() may answer */
} OsDisk;

void os_disk_address_free(OsDiskAddress *address);
void os_disk_free(OsDisk *disk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OsDiskAddress, os_disk_address_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OsDisk, os_disk_free)

/* All disks that have a size, and their partitions behind them; RAM disks are not there.  A disk
 * with several paths to it (NVMe) is there once.  The caller owns the array of OsDisk.  Opens no
 * device; may block for the time a virtual disk takes to tell its serial number, and some seconds
 * if it never does. */
GPtrArray *os_disk_list(GError **error);

/* What an NVMe disk says about its health: log page 2 of the NVM Express specification.  Counters
 * have 128 bits: [0] is the lower half. */
typedef struct {
    guint8 critical_warning;          /* bits */
    guint16 temperature;              /* kelvin */
    guint8 available_spare;           /* per cent */
    guint8 available_spare_threshold; /* per cent */
    guint8 percentage_used;           /* of the life expected; may exceed 100 */
    guint64 data_units_read[2];       /* of 512000 bytes */
    guint64 data_units_written[2];
    guint64 host_read_commands[2];
    guint64 host_write_commands[2];
    guint64 controller_busy_time[2]; /* minutes */
    guint64 power_cycles[2];
    guint64 power_on_hours[2];
    guint64 unsafe_shutdowns[2];
    guint64 media_errors[2];
    guint64 number_of_error_log_entries[2];
} OsNvmeSmart;

/* Asks the disk, and waits at most @milliseconds.  FALSE if it cannot or does not tell. */
gboolean os_disk_smart(const OsDisk *disk, guint milliseconds, OsNvmeSmart *smart);
