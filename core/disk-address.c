/* SPDX-License-Identifier: Apache-2.0 */
#include "disk-address.h"

static const GuestDiskBusType bus_types[OS_BUS_N] = {
    [OS_BUS_UNKNOWN] = GUEST_DISK_BUS_TYPE_UNKNOWN,
    [OS_BUS_IDE] = GUEST_DISK_BUS_TYPE_IDE,
    [OS_BUS_FLOPPY] = GUEST_DISK_BUS_TYPE_FDC,
    [OS_BUS_SCSI] = GUEST_DISK_BUS_TYPE_SCSI,
    [OS_BUS_VIRTIO] = GUEST_DISK_BUS_TYPE_VIRTIO,
    [OS_BUS_XEN] = GUEST_DISK_BUS_TYPE_XEN,
    [OS_BUS_USB] = GUEST_DISK_BUS_TYPE_USB,
    [OS_BUS_UML] = GUEST_DISK_BUS_TYPE_UML,
    [OS_BUS_SATA] = GUEST_DISK_BUS_TYPE_SATA,
    [OS_BUS_SD] = GUEST_DISK_BUS_TYPE_SD,
    [OS_BUS_IEEE1394] = GUEST_DISK_BUS_TYPE_IEEE1394,
    [OS_BUS_SSA] = GUEST_DISK_BUS_TYPE_SSA,
    [OS_BUS_FIBRE] = GUEST_DISK_BUS_TYPE_FIBRE,
    [OS_BUS_RAID] = GUEST_DISK_BUS_TYPE_RAID,
    [OS_BUS_ISCSI] = GUEST_DISK_BUS_TYPE_ISCSI,
    [OS_BUS_SAS] = GUEST_DISK_BUS_TYPE_SAS,
    [OS_BUS_MMC] = GUEST_DISK_BUS_TYPE_MMC,
    [OS_BUS_VIRTUAL] = GUEST_DISK_BUS_TYPE_VIRTUAL,
    [OS_BUS_FILE_BACKED_VIRTUAL] = GUEST_DISK_BUS_TYPE_FILE_BACKED_VIRTUAL,
    [OS_BUS_NVME] = GUEST_DISK_BUS_TYPE_NVME,
};

static GuestPCIAddress *guest_pci(const OsPciAddress *pci)
{
    GuestPCIAddress *guest = g_new0(GuestPCIAddress, 1);
    *guest = (GuestPCIAddress){pci->domain, pci->bus, pci->slot, pci->function};
    return guest;
}

static GuestCCWAddress *guest_ccw(const OsCcwAddress *ccw)
{
    GuestCCWAddress *guest = g_new0(GuestCCWAddress, 1);
    *guest = (GuestCCWAddress){ccw->cssid, ccw->ssid, ccw->subchno, ccw->devno};
    return guest;
}

GuestDiskAddress *va_disk_address(const OsDiskAddress *address)
{
    GuestDiskAddress *guest = g_new0(GuestDiskAddress, 1);

    guest->pci_controller = guest_pci(&address->pci);
    guest->bus_type = bus_types[address->bus_type];
    guest->bus = address->bus;
    guest->target = address->target;
    guest->unit = address->unit;
    guest->serial = g_strdup(address->serial);
    guest->dev = g_strdup(address->device);
    guest->ccw_address = address->ccw ? guest_ccw(address->ccw) : NULL;
    return guest;
}
