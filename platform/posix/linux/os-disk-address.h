/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-disk.h"

/* How block devices, by their names in /sys, are connected. */

/* NULL if there is no such device or it is not one on a bus: a partition, a volume, a loop device.
 * The head of an NVMe multipath is where the first of its paths is. */
OsDiskAddress *os_disk_address(const char *name);

/* The addresses (OsDiskAddress *) of all devices that those of @names (char *) are on in the end,
 * each once. */
GPtrArray *os_disk_addresses(const GPtrArray *names);
