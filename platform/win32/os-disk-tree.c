/* SPDX-License-Identifier: Apache-2.0 */
#include "os-disk-tree.h"
#include "os-disk-parse.h"
#include "os-utf16.h"

#include <string.h>

#define DEPTH_MAX 32 /* a disk behind several USB hubs has about ten above it */

static gboolean is_pci(const char *instance)
{
    return g_ascii_strncasecmp(instance, "PCI\\", strlen("PCI\\")) == 0;
}

static OsPciAddress pci_of(const OsDiskTree *tree, DEVINST device)
{
    guint32 bus, address;

    if (!tree->number(device, CM_DRP_BUSNUMBER, &bus) ||
        !tree->number(device, CM_DRP_ADDRESS, &address))
        return (OsPciAddress){-1, -1, -1, -1};
    return os_disk_pci(bus, address);
}

OsDiskAbove os_disk_above_in(const OsDiskTree *tree, DEVINST disk)
{
    OsDiskAbove above = {{-1, -1, -1, -1}, -1};

    for (guint i = 0; i < DEPTH_MAX && tree->parent(&disk); i++) {
        g_autofree char *instance = tree->instance(disk);
        if (!instance)
            break;
        if (is_pci(instance)) {
            above.pci = pci_of(tree, disk);
            break;
        }
        above.ide_channel = MAX(above.ide_channel, os_disk_ide_channel(instance));
    }
    return above;
}

static gboolean parent_of(DEVINST *device)
{
    return CM_Get_Parent(device, *device, 0) == CR_SUCCESS;
}

static char *instance_of(DEVINST device)
{
    wchar_t name[MAX_DEVICE_ID_LEN];
    return CM_Get_Device_IDW(device, name, G_N_ELEMENTS(name), 0) == CR_SUCCESS ? os_utf8(name)
                                                                                : NULL;
}

static gboolean number_of(DEVINST device, ULONG property, guint32 *number)
{
    guint32 value;
    ULONG size = sizeof value;

    if (CM_Get_DevNode_Registry_PropertyW(device, property, NULL, &value, &size, 0) != CR_SUCCESS ||
        size != sizeof value)
        return FALSE;
    *number = value;
    return TRUE;
}

OsDiskAbove os_disk_above(DEVINST disk)
{
    static const OsDiskTree tree = {parent_of, instance_of, number_of};
    return os_disk_above_in(&tree, disk);
}
