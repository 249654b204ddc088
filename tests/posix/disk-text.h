/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-mount.h"

/* Disks in words, so that a test can show what it expects on one line each. */

/* "/dev/vda virtio 0:0:0 pci 0:0:4.0 serial=abc": device, bus, bus:target:unit, and what there is
 * of PCI, CCW ("ccw cssid.ssid.subchno/devno") and serial number. */
void disk_text_address(GString *text, const OsDiskAddress *address);

/* A line per disk: name, "partition", "alias=...", "of ..." (the dependencies), "nvme", and its
 * address after " @ ". */
char *disk_text(const GPtrArray *disks);
