/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <windows.h>

#include <vss.h>
#include <vswriter.h>

#include <vsbackup.h>

/* What a freeze needs from the system; tests have one of their own. */
typedef struct {
    HRESULT (*create)(IVssBackupComponents **backup);

    /* Where VssOption may be, a REG_DWORD of VSS_BACKUP_TYPE: keys under HKEY_LOCAL_MACHINE, in the
     * order of looking.  NULL ends the list. */
    const wchar_t *const *settings;

    guint freeze_ms; /* how long it may take until writes are held */
    guint retry_ms;  /* how long VSS is asked again if it is busy */
    guint end_ms;    /* how long VSS may take to come to an end once asked to */
    guint slice_ms;  /* how often it is looked whether the freeze is still wanted */
} OsVssSystem;

extern const OsVssSystem os_vss_system;
