/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-system.h"

/* What Windows says of itself, before it is put into words. */
typedef struct {
    guint32 major, minor, build;
    gboolean is_server;
    guint16 machine;     /* IMAGE_FILE_MACHINE_ of the processor, not of this program */
    const char *product; /* ProductName of the registry, UTF-8; NULL: unknown */
} OsSystemVersion;

/* The words for it, as qemu-ga chooses them: hosts tell guests apart by these.  What is unknown
 * stays NULL. */
OsSystemInfo *os_system_version_info(const OsSystemVersion *version);
