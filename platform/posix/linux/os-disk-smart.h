/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-disk.h"

#define OS_DISK_SMART_SIZE 512u /* bytes of the log page */

/* Reads the log page as the disk sends it, little endian. */
void os_disk_smart_parse(const guint8 page[OS_DISK_SMART_SIZE], OsNvmeSmart *smart);
