/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-disk.h"
#include "os-storage.h"

/* Pages of the NVM Express specification, as Windows 10 hands them out without the right to send
 * commands (MSDN, "Working with NVMe drives"). */
#define OS_DISK_NVME_SMART    512u  /* bytes of the SMART / Health Information log */
#define OS_DISK_NVME_IDENTIFY 4096u /* bytes of the Identify Controller data */

/* What is asked, and what comes back: the query has the property and its kind where the reply has
 * its version and size. */
typedef struct {
    DWORD property, kind;
    STORAGE_PROTOCOL_SPECIFIC_DATA specific;
    guint8 data[OS_DISK_NVME_IDENTIFY];
} OsDiskNvme;

/* Where @wanted bytes lie in a reply of @got bytes; NULL if it does not hold them. */
const guint8 *os_disk_nvme_data(const OsDiskNvme *reply, gsize got, gsize wanted);

/* The serial number of the controller that @disk is on; NULL if it does not tell.  Free with
 * g_free(). */
char *os_disk_nvme_serial(HANDLE disk);

/* Asks for log page 2. */
gboolean os_disk_nvme_smart(HANDLE disk, guint8 page[OS_DISK_NVME_SMART]);

/* Reads the log page as the disk sends it, little endian. */
void os_disk_nvme_smart_parse(const guint8 page[OS_DISK_NVME_SMART], OsNvmeSmart *smart);
