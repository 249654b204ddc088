/* SPDX-License-Identifier: Apache-2.0 */
#include "disk-text.h"

static const char *const buses[OS_BUS_N] = {
    [OS_BUS_UNKNOWN] = "unknown", [OS_BUS_IDE] = "ide",           [OS_BUS_FLOPPY] = "floppy",
    [OS_BUS_SCSI] = "scsi",       [OS_BUS_VIRTIO] = "virtio",     [OS_BUS_XEN] = "xen",
    [OS_BUS_USB] = "usb",         [OS_BUS_UML] = "uml",           [OS_BUS_SATA] = "sata",
    [OS_BUS_SD] = "sd",           [OS_BUS_IEEE1394] = "ieee1394", [OS_BUS_FIBRE] = "fibre",
    [OS_BUS_ISCSI] = "iscsi",     [OS_BUS_SAS] = "sas",           [OS_BUS_MMC] = "mmc",
    [OS_BUS_NVME] = "nvme",
};

#define INT "%" G_GINT64_FORMAT

void disk_text_address(GString *text, const OsDiskAddress *address)
{
    const OsPciAddress *pci = &address->pci;
    const OsCcwAddress *ccw = address->ccw;

    g_string_append_printf(text, "%s %s " INT ":" INT ":" INT, address->device,
                           buses[address->bus_type], address->bus, address->target, address->unit);
    if (pci->domain != -1 || pci->bus != -1 || pci->slot != -1 || pci->function != -1)
        g_string_append_printf(text, " pci " INT ":" INT ":" INT "." INT, pci->domain, pci->bus,
                               pci->slot, pci->function);
    if (ccw)
        g_string_append_printf(text, " ccw %x.%x.%04x/%04x", ccw->cssid, ccw->ssid, ccw->subchno,
                               ccw->devno);
    if (address->serial)
        g_string_append_printf(text, " serial=%s", address->serial);
}

static void add_disk(GString *text, const OsDisk *disk)
{
    g_string_append_printf(text, "%s%s", disk->name, disk->partition ? " partition" : "");
    if (disk->alias)
        g_string_append_printf(text, " alias=%s", disk->alias);
    for (guint i = 0; i < disk->dependencies->len; i++) {
        g_string_append_printf(text, "%s%s", i == 0 ? " of " : ",",
                               (char *)g_ptr_array_index(disk->dependencies, i));
    }
    if (disk->nvme)
        g_string_append(text, " nvme");
    if (disk->address) {
        g_string_append(text, " @ ");
        disk_text_address(text, disk->address);
    }
    g_string_append_c(text, '\n');
}

char *disk_text(const GPtrArray *disks)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < disks->len; i++) {
        add_disk(text, g_ptr_array_index(disks, i));
    }
    return g_string_free(text, FALSE);
}
