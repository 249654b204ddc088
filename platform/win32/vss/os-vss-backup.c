/* SPDX-License-Identifier: Apache-2.0 */
#define COBJMACROS
#include "os-vss-backup.h"

#include "os-vss-async.h"
#include "os-vss-components.h"
#include "os-vss-error.h"
#include "os-vss-writers.h"
#include "vss-names.h"

void os_vss_order_free(OsVssOrder *order)
{
    if (!order)
        return;
    g_ptr_array_unref(order->volumes);
    g_ptr_array_unref(order->names);
    g_free(order);
}

/* Takes @async, if @started is no failure. */
static HRESULT await(const OsVssBackup *backup, HRESULT started, IVssAsync *async)
{
    if (FAILED(started))
        return started;
    return async ? os_vss_async_finish(async, backup->system->slice_ms, backup->deadline,
                                       backup->cancel)
                 : E_UNEXPECTED;
}

static HRESULT create(OsVssBackup *backup)
{
    HRESULT result = backup->system->create(&backup->components);
    return SUCCEEDED(result) && !backup->components ? E_UNEXPECTED : result;
}

static HRESULT initialize(OsVssBackup *backup)
{
    return IVssBackupComponents_InitializeForBackup(backup->components, NULL);
}

/* Without these, VSS would go on to have the writers clean up in the snapshot after the thaw, and
 * fail as there is none: a snapshot that is not to be recovered, or be moved elsewhere first, is
 * left alone.  Editions for clients refuse the latter (VSS_E_UNSUPPORTED_CONTEXT). */
static HRESULT set_context(OsVssBackup *backup)
{
    static const LONG extras[] = {
        VSS_VOLSNAP_ATTR_TRANSPORTABLE | VSS_VOLSNAP_ATTR_NO_AUTORECOVERY |
            VSS_VOLSNAP_ATTR_TXF_RECOVERY,
        VSS_VOLSNAP_ATTR_NO_AUTORECOVERY | VSS_VOLSNAP_ATTR_TXF_RECOVERY,
        VSS_VOLSNAP_ATTR_NO_AUTORECOVERY,
    };
    LONG base = backup->order->with_writers ? VSS_CTX_APP_ROLLBACK : VSS_CTX_NAS_ROLLBACK;
    HRESULT result = VSS_E_UNSUPPORTED_CONTEXT;

    for (gsize i = 0; result == VSS_E_UNSUPPORTED_CONTEXT && i < G_N_ELEMENTS(extras); i++)
        result = IVssBackupComponents_SetContext(backup->components, base | extras[i]);
    if (result == VSS_E_UNSUPPORTED_CONTEXT)
        result = IVssBackupComponents_SetContext(
            backup->components,
            backup->order->with_writers ? VSS_CTX_BACKUP : VSS_CTX_FILE_SHARE_BACKUP);
    return result;
}

/* By component only if all volumes are in: a component that is not on them would have its writer
 * fail, whereas a backup by volume is about what is there. */
static HRESULT set_state(OsVssBackup *backup)
{
    return IVssBackupComponents_SetBackupState(backup->components, (boolean)backup->order->whole,
                                               TRUE, backup->order->type, FALSE);
}

static HRESULT gather_metadata(OsVssBackup *backup)
{
    IVssAsync *async = NULL;
    HRESULT started = IVssBackupComponents_GatherWriterMetadata(backup->components, &async);
    return await(backup, started, async);
}

static HRESULT select_components(OsVssBackup *backup)
{
    HRESULT result = S_OK;

    if (backup->order->whole)
        result = os_vss_components_select(backup->components, &backup->selected);
    IVssBackupComponents_FreeWriterMetadata(backup->components);
    return result;
}

static HRESULT start_set(OsVssBackup *backup)
{
    VSS_ID set;
    return IVssBackupComponents_StartSnapshotSet(backup->components, &set);
}

/* VSS makes one set at a time, of all programs.  So from here on the provider is asked for nobody
 * else: before, another backup could end up with it, and have it tell us that writes are held. */
static HRESULT call_provider(OsVssBackup *backup)
{
    return os_vss_events_open(&backup->events);
}

static HRESULT add_volumes(OsVssBackup *backup)
{
    const OsVssOrder *order = backup->order;
    HRESULT result = S_OK;
    VSS_ID snapshot;

    for (guint i = 0; SUCCEEDED(result) && i < order->volumes->len; i++) {
        backup->name = order->names->pdata[i];
        result = IVssBackupComponents_AddToSnapshotSet(backup->components, order->volumes->pdata[i],
                                                       VSS_PROVIDER_ID, &snapshot);
    }
    if (SUCCEEDED(result))
        backup->name = NULL;
    return result;
}

static HRESULT prepare(OsVssBackup *backup)
{
    IVssAsync *async = NULL;
    HRESULT started = IVssBackupComponents_PrepareForBackup(backup->components, &async);
    return await(backup, started, async);
}

/* What the writers say is passed on; one that fails does not keep the others from being frozen. */
static HRESULT note_writers(OsVssBackup *backup)
{
    IVssAsync *async = NULL;
    HRESULT started = IVssBackupComponents_GatherWriterStatus(backup->components, &async);
    HRESULT result = await(backup, started, async);

    if (SUCCEEDED(result)) {
        os_vss_writers_note(backup->components);
        IVssBackupComponents_FreeWriterStatus(backup->components);
    }
    return result;
}

/* VSS has come to its end without asking the provider to hold. */
static HRESULT missed(HRESULT status)
{
    return FAILED(status) ? status : VSS_E_UNEXPECTED_PROVIDER_ERROR;
}

static HRESULT snapshot(OsVssBackup *backup)
{
    HRESULT result = IVssBackupComponents_DoSnapshotSet(backup->components, &backup->snapshot);

    if (FAILED(result))
        return result;
    if (!backup->snapshot)
        return E_UNEXPECTED;
    while (WaitForSingleObject(backup->events.frozen, backup->system->slice_ms) != WAIT_OBJECT_0) {
        HRESULT status = os_vss_async_status(backup->snapshot);
        if (status != VSS_S_ASYNC_PENDING && !os_vss_event_is_set(backup->events.frozen))
            return missed(status);
        if (g_atomic_int_get(backup->cancel))
            return E_ABORT;
        if (g_get_monotonic_time() >= backup->deadline)
            return HRESULT_FROM_WIN32(ERROR_TIMEOUT);
    }
    return S_OK;
}

static const struct {
    HRESULT (*run)(OsVssBackup *backup);
    gboolean for_writers; /* not done without */
    const char *failure;  /* what hosts know it by; NULL: .name of the backup tells */
} steps[] = {
    {create, FALSE, "fsfreeze not possible as VSS failed to initialize"},
    {initialize, FALSE, "fsfreeze not possible as VSS failed to initialize"},
    {set_context, FALSE, "failed to set backup context"},
    {set_state, FALSE, "failed to set backup state"},
    {gather_metadata, TRUE, "failed to gather writer metadata"},
    {select_components, TRUE, "failed to select what writers have"},
    {start_set, FALSE, "failed to start snapshot set"},
    {call_provider, FALSE, "failed to call the snapshot provider"},
    {add_volumes, FALSE, NULL},
    {prepare, TRUE, "failed to prepare for backup"},
    {note_writers, TRUE, "failed to gather writer status"},
    {snapshot, FALSE, "failed to do snapshot set"},
};

static void tell(const OsVssBackup *backup, const char *failure, HRESULT code, GError **error)
{
    if (code == VSS_E_PROVIDER_NOT_REGISTERED)
        os_vss_error(error, code, "fsfreeze not possible as VSS failed to initialize");
    else if (failure)
        os_vss_error(error, code, "%s", failure);
    else
        os_vss_error(error, code, "failed to add %s to snapshot set", backup->name);
}

gboolean os_vss_backup_hold(OsVssBackup *backup, HRESULT *code, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(steps); i++) {
        if (steps[i].for_writers && !backup->order->with_writers)
            continue;
        *code = g_atomic_int_get(backup->cancel) ? E_ABORT : steps[i].run(backup);
        if (FAILED(*code)) {
            tell(backup, steps[i].failure, *code, error);
            return FALSE;
        }
    }
    return TRUE;
}

gboolean os_vss_backup_may_retry(HRESULT code)
{
    static const HRESULT passing[] = {
        VSS_E_SNAPSHOT_SET_IN_PROGRESS, VSS_E_FLUSH_WRITES_TIMEOUT, VSS_E_WRITERERROR_RETRYABLE,
        CO_E_SERVER_EXEC_FAILURE, /* the service is just starting, or stopping */
        RPC_E_SERVERCALL_RETRYLATER,
    };

    for (gsize i = 0; i < G_N_ELEMENTS(passing); i++)
        if (code == passing[i])
            return TRUE;
    return code == (HRESULT)HRESULT_FROM_WIN32(RPC_S_SERVER_UNAVAILABLE) ||
           code == (HRESULT)HRESULT_FROM_WIN32(RPC_S_SERVER_TOO_BUSY);
}
