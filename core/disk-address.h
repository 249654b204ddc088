/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-disk.h"
#include "schema-types.h"

/* How a disk is connected, for guest-get-disks and guest-get-fsinfo.  The caller owns it. */
GuestDiskAddress *va_disk_address(const OsDiskAddress *address);
