/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-disk.h"

#include <windows.h>

#include <cfgmgr32.h>

/* What stands above a disk in the tree of devices. */
typedef struct {
    OsPciAddress pci; /* of the nearest PCI device */
    gint ide_channel; /* below that; -1: none */
} OsDiskAbove;

OsDiskAbove os_disk_above(DEVINST disk);

/* The tree of devices; tests have another in its place. */
typedef struct {
    gboolean (*parent)(DEVINST *device); /* goes up; FALSE: that was the root */
    char *(*instance)(DEVINST device);   /* "PCI\VEN_...\3&..."; NULL: it has gone.  g_free() */
    gboolean (*number)(DEVINST device, ULONG property, guint32 *number); /* CM_DRP_... */
} OsDiskTree;

OsDiskAbove os_disk_above_in(const OsDiskTree *tree, DEVINST disk);
