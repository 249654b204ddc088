/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-disk-parse.h"

/* What a disk or an optical drive says about itself. */
typedef struct {
    DWORD number;   /* N of \\.\PhysicalDriveN or \\.\CdRomN */
    gboolean empty; /* it is a drive without a medium */
    OsBus bus_type;
    gboolean has_place;
    SCSI_ADDRESS place;
    char *serial; /* NULL: none */
} OsDiskAnswer;

/* Asks the one at @path and waits OS_STORAGE_PATIENCE at most.  FALSE if it does not say so much as
 * its number.  Clear *answer with os_disk_answer_clear(). */
gboolean os_disk_ask(const wchar_t *path, OsDiskAnswer *answer);

void os_disk_answer_clear(OsDiskAnswer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OsDiskAnswer, os_disk_answer_clear)
