/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-disk.h"
#include "os-storage.h"

#include <ntddscsi.h>

/* What Windows says about a disk, in the words of the contract. */

/* Of a STORAGE_BUS_TYPE; what is newer than this table is OS_BUS_UNKNOWN.  A driver of a virtual
 * disk says what it likes: viostor calls virtio-blk SCSI. */
OsBus os_disk_bus(guint bus_type);

/* Sets bus, target and unit from where the port driver has put the disk (NULL: unknown).  @channel
 * is that of the IDE controller, -1 if unknown. */
void os_disk_place(OsDiskAddress *address, const SCSI_ADDRESS *at, gint channel);

/* The serial number of a STORAGE_DEVICE_DESCRIPTOR, of which @size bytes came.  NULL: it has none,
 * or lies.  Free with g_free(). */
char *os_disk_serial(const void *descriptor, gsize size);

/* The same of @length bytes of text, padded with blanks or NUL. */
char *os_disk_serial_text(const char *text, gsize length);

/* Of a PCI device by its SPDRP_BUSNUMBER and SPDRP_ADDRESS. */
OsPciAddress os_disk_pci(guint32 bus, guint32 address);

/* 0 or 1 if @instance is that of a channel of an IDE controller: "PCIIDE\IDECHANNEL\4&10BF2F88&0&1"
 * is 1.  Otherwise -1. */
gint os_disk_ide_channel(const char *instance);
