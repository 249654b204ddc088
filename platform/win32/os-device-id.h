/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <wchar.h>

/* Whether a hardware id begins as those of PCI devices do, "PCI\VEN_1AF4&DEV_1001", and either ends
 * there or goes on with "&..." (MSDN, "Identifiers for PCI Devices"); then who made it and what it
 * is. */
gboolean os_device_parse_id(const wchar_t *id, guint16 *vendor, guint16 *device);
