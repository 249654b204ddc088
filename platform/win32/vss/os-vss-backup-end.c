/* SPDX-License-Identifier: Apache-2.0 */

/* The end of a backup, after writes were held or without. */

#define COBJMACROS
#include "os-vss-async.h"
#include "os-vss-backup.h"
#include "os-vss-components.h"
#include "os-vss-error.h"
#include "os-vss-writers.h"

static gint64 end_time(const OsVssBackup *backup)
{
    return g_get_monotonic_time() + (gint64)backup->system->end_ms * 1000;
}

static void forget(OsVssBackup *backup)
{
    if (backup->snapshot)
        IVssAsync_Release(backup->snapshot);
    if (backup->components)
        IVssBackupComponents_Release(backup->components);
    backup->snapshot = NULL;
    backup->components = NULL;
    os_vss_events_close(&backup->events);
    g_clear_pointer(&backup->selected, g_ptr_array_unref);
}

static HRESULT await_end(const OsVssBackup *backup)
{
    return os_vss_async_wait(backup->snapshot, backup->system->slice_ms, end_time(backup), NULL);
}

/* VSS_E_OBJECT_NOT_FOUND: writes were held and go on, and then VSS looked for the snapshot that is
 * not there.  Of any other failure it is not known when it came; then the host must not rely on
 * what it has. */
OsFreezeOutcome os_vss_backup_release(OsVssBackup *backup, GError **error)
{
    SetEvent(backup->events.thaw);
    HRESULT result = await_end(backup);

    if (result == (HRESULT)HRESULT_FROM_WIN32(ERROR_TIMEOUT))
        IVssAsync_Cancel(backup->snapshot);
    if (os_vss_event_is_set(backup->events.expired) || result == VSS_E_HOLD_WRITES_TIMEOUT) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                    "couldn't hold writes: fsfreeze is limited up to 10 seconds");
        return OS_FREEZE_BROKEN;
    }
    if (FAILED(result) && result != VSS_E_OBJECT_NOT_FOUND) {
        os_vss_error(error, result, "failed to do snapshot set");
        return OS_FREEZE_BROKEN;
    }
    backup->succeeded = SUCCEEDED(result);
    return OS_FREEZE_DONE;
}

static void note_writers(OsVssBackup *backup)
{
    IVssAsync *async = NULL;

    if (FAILED(IVssBackupComponents_GatherWriterStatus(backup->components, &async)) || !async)
        return;
    if (FAILED(os_vss_async_finish(async, backup->system->slice_ms, end_time(backup), NULL)))
        return;
    os_vss_writers_note(backup->components);
    IVssBackupComponents_FreeWriterStatus(backup->components);
}

static gboolean complete(OsVssBackup *backup)
{
    IVssAsync *async = NULL;
    HRESULT started = IVssBackupComponents_BackupComplete(backup->components, &async);

    return SUCCEEDED(started) && async &&
           SUCCEEDED(os_vss_async_finish(async, backup->system->slice_ms, end_time(backup), NULL));
}

/* The status is asked for after each step, as writers forget it with the next.  Writers that clear
 * their logs after a backup do it only after BackupComplete(), which must not follow a snapshot
 * that VSS says has failed. */
void os_vss_backup_complete(OsVssBackup *backup)
{
    gboolean with_writers = backup->order->with_writers;
    gboolean completed = !with_writers && backup->succeeded;

    if (with_writers)
        note_writers(backup);
    if (with_writers && backup->succeeded) {
        os_vss_components_tell(backup->components, backup->selected, TRUE);
        completed = complete(backup);
        if (completed)
            note_writers(backup);
    }
    if (!completed)
        IVssBackupComponents_AbortBackup(backup->components);
    forget(backup);
}

void os_vss_backup_abort(OsVssBackup *backup)
{
    if (backup->snapshot) {
        SetEvent(backup->events.thaw); /* first, as VSS waits for the provider */
        IVssAsync_Cancel(backup->snapshot);
        await_end(backup);
    }
    if (backup->components)
        IVssBackupComponents_AbortBackup(backup->components);
    forget(backup);
}
