/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-freeze.h"
#include "os-vss-system.h"

/* What os_freeze_writers() tells: how the writers stand after a GatherWriterStatus(). */
void os_vss_writers_note(IVssBackupComponents *backup);

/* A freeze begins in which nobody has taken part yet. */
void os_vss_writers_forget(void);
