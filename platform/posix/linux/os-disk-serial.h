/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-disk.h"

/* What stands for the serial number of a device on a bus of that type; NULL: nothing. */
char *os_disk_serial(const char *name, OsBus bus_type);

/* The value of @key in the text of a file of /run/udev/data; NULL: none. */
char *os_disk_serial_udev(const char *text, const char *key);

/* The serial number in the page 0x80 of the vital product data of a SCSI device; NULL: none. */
char *os_disk_serial_vpd(const char *page, gsize length);
