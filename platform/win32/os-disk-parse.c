/* SPDX-License-Identifier: Apache-2.0 */
#include "os-disk-parse.h"

#include <string.h>

#define SERIAL_MAX 256u /* bytes; SCSI has 252 at most */

/* ATAPI and ATA are what the driver of IDE controllers says; that of AHCI says SATA. */
static const OsBus buses[] = {
    [BusTypeUnknown] = OS_BUS_UNKNOWN, [BusTypeScsi] = OS_BUS_SCSI,
    [BusTypeAtapi] = OS_BUS_IDE,       [BusTypeAta] = OS_BUS_IDE,
    [BusType1394] = OS_BUS_IEEE1394,   [BusTypeSsa] = OS_BUS_SSA,
    [BusTypeFibre] = OS_BUS_FIBRE,     [BusTypeUsb] = OS_BUS_USB,
    [BusTypeRAID] = OS_BUS_RAID,       [BusTypeiScsi] = OS_BUS_ISCSI,
    [BusTypeSas] = OS_BUS_SAS,         [BusTypeSata] = OS_BUS_SATA,
    [BusTypeSd] = OS_BUS_SD,           [BusTypeMmc] = OS_BUS_MMC,
    [BusTypeVirtual] = OS_BUS_VIRTUAL, [BusTypeFileBackedVirtual] = OS_BUS_FILE_BACKED_VIRTUAL,
    [BusTypeSpaces] = OS_BUS_VIRTUAL,  [BusTypeNvme] = OS_BUS_NVME,
};

OsBus os_disk_bus(guint bus_type)
{
    return bus_type < G_N_ELEMENTS(buses) ? buses[bus_type] : OS_BUS_UNKNOWN;
}

static void place_scsi(OsDiskAddress *address, const SCSI_ADDRESS *at, gint channel)
{
    address->bus = at->PathId;
    address->target = at->TargetId;
    address->unit = at->Lun;
}

/* storahci makes each port of the controller a path. */
static void place_sata(OsDiskAddress *address, const SCSI_ADDRESS *at, gint channel)
{
    address->unit = at->PathId;
}

static void place_ide(OsDiskAddress *address, const SCSI_ADDRESS *at, gint channel)
{
    address->bus = channel >= 0 ? channel : at->PathId;
    address->unit = at->TargetId;
}

/* stornvme counts the namespaces from 0. */
static void place_nvme(OsDiskAddress *address, const SCSI_ADDRESS *at, gint channel)
{
    address->unit = at->Lun;
}

void os_disk_place(OsDiskAddress *address, const SCSI_ADDRESS *at, gint channel)
{
    static void (*const places[OS_BUS_N])(OsDiskAddress *, const SCSI_ADDRESS *, gint) = {
        [OS_BUS_SCSI] = place_scsi, [OS_BUS_SAS] = place_scsi,   [OS_BUS_ISCSI] = place_scsi,
        [OS_BUS_RAID] = place_scsi, [OS_BUS_FIBRE] = place_scsi, [OS_BUS_SATA] = place_sata,
        [OS_BUS_IDE] = place_ide,   [OS_BUS_NVME] = place_nvme,
    };
    address->bus = address->target = address->unit = 0;
    if (at && places[address->bus_type])
        places[address->bus_type](address, at, channel);
}

char *os_disk_serial_text(const char *text, gsize length)
{
    g_autofree char *copy = g_strndup(text, MIN(length, SERIAL_MAX));
    g_autofree char *valid = g_utf8_make_valid(g_strstrip(copy), -1);
    return *valid ? g_steal_pointer(&valid) : NULL;
}

/* The offset is 0 if there is none; some drivers say -1. */
char *os_disk_serial(const void *descriptor, gsize size)
{
    STORAGE_DEVICE_DESCRIPTOR head;

    if (size < sizeof head)
        return NULL;
    memcpy(&head, descriptor, sizeof head);
    if (head.SerialNumberOffset == 0 || head.SerialNumberOffset >= size)
        return NULL;
    return os_disk_serial_text((const char *)descriptor + head.SerialNumberOffset,
                               size - head.SerialNumberOffset);
}

/* The address is the slot and the function, 16 bits each (WDK, "SPDRP_ADDRESS").  Above the eight
 * bits of a bus the number has the segment, which others call domain. */
OsPciAddress os_disk_pci(guint32 bus, guint32 address)
{
    return (OsPciAddress){bus >> 8, bus & 0xff, address >> 16, address & 0xffff};
}

gint os_disk_ide_channel(const char *instance)
{
    const char *last = strrchr(instance, '&');

    if (g_ascii_strncasecmp(instance, "PCIIDE\\", strlen("PCIIDE\\")) != 0 || !last)
        return -1;
    return (last[1] == '0' || last[1] == '1') && !last[2] ? last[1] - '0' : -1;
}
