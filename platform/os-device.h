/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* Devices that have a driver, and which. */

typedef struct {
    char *driver_name;    /* for humans, UTF-8: "Red Hat VirtIO SCSI controller" */
    char *driver_version; /* NULL: unknown */
    gint64 driver_date;   /* nanoseconds since 1970 UTC; 0: unknown */
    gboolean is_pci;      /* then the next two are known */
    guint16 vendor, device;
} OsDevice;

/* Every device with a driver once, in the system's order.  Blocks, so it runs on a lane.  The
 * caller owns the array of OsDevice. */
GPtrArray *os_device_list(GError **error);
void os_device_free(OsDevice *device);
