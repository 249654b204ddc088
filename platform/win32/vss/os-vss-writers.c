/* SPDX-License-Identifier: Apache-2.0 */
#define COBJMACROS
#include "os-vss-writers.h"

#include "os-utf16.h"
#include "os-vss-error.h"

#define WRITERS_MAX 1024u
#define GUID_LENGTH 39 /* "{...}" and the NUL */

/* VSS_WRITER_STATE. */
static const char *const states[] = {
    [VSS_WS_UNKNOWN] = "unknown",
    [VSS_WS_STABLE] = "stable",
    [VSS_WS_WAITING_FOR_FREEZE] = "waiting for freeze",
    [VSS_WS_WAITING_FOR_THAW] = "waiting for thaw",
    [VSS_WS_WAITING_FOR_POST_SNAPSHOT] = "waiting for the end of the snapshot",
    [VSS_WS_WAITING_FOR_BACKUP_COMPLETE] = "waiting for the end of the backup",
    [VSS_WS_FAILED_AT_IDENTIFY] = "failed at identify",
    [VSS_WS_FAILED_AT_PREPARE_BACKUP] = "failed at prepare for backup",
    [VSS_WS_FAILED_AT_PREPARE_SNAPSHOT] = "failed at prepare for snapshot",
    [VSS_WS_FAILED_AT_FREEZE] = "failed at freeze",
    [VSS_WS_FAILED_AT_THAW] = "failed at thaw",
    [VSS_WS_FAILED_AT_POST_SNAPSHOT] = "failed at the end of the snapshot",
    [VSS_WS_FAILED_AT_BACKUP_COMPLETE] = "failed at the end of the backup",
    [VSS_WS_FAILED_AT_PRE_RESTORE] = "failed at the beginning of a restore",
    [VSS_WS_FAILED_AT_POST_RESTORE] = "failed at the end of a restore",
    [VSS_WS_FAILED_AT_BACKUPSHUTDOWN] = "failed at the shutdown of the backup",
};

/* The contract asks about the last freeze, which is nobody's object any more. */
static GMutex last_lock;
static GPtrArray *last; /* of OsFreezeWriter; NULL: none */

static gpointer copy(gconstpointer data, gpointer unused)
{
    const OsFreezeWriter *from = data;
    OsFreezeWriter *to = g_new0(OsFreezeWriter, 1);

    to->name = g_strdup(from->name);
    to->id = g_strdup(from->id);
    to->state = g_strdup(from->state);
    to->problem = g_strdup(from->problem);
    return to;
}

static char *guid_text(const VSS_ID *id)
{
    wchar_t text[GUID_LENGTH];
    StringFromGUID2(id, text, GUID_LENGTH);
    char *upper = os_utf8(text);
    char *lower = g_ascii_strdown(upper, -1);
    g_free(upper);
    return lower;
}

static gboolean is_failed(VSS_WRITER_STATE state)
{
    return state >= VSS_WS_FAILED_AT_IDENTIFY && state <= VSS_WS_FAILED_AT_BACKUPSHUTDOWN;
}

static char *problem_text(HRESULT failure)
{
    g_autoptr(GError) error = NULL;

    if (os_vss_text(failure))
        return g_strdup(os_vss_text(failure));
    if (SUCCEEDED(failure))
        return g_strdup("it does not say why");
    os_error_code(&error, (int)failure, "it failed");
    return g_strdup(error->message);
}

static OsFreezeWriter *read_writer(IVssBackupComponents *backup, UINT index)
{
    VSS_ID instance, id;
    BSTR name = NULL;
    VSS_WRITER_STATE state = VSS_WS_UNKNOWN;
    HRESULT failure = S_OK;
    OsFreezeWriter *writer;

    if (FAILED(IVssBackupComponents_GetWriterStatus(backup, index, &instance, &id, &name, &state,
                                                    &failure)))
        return NULL;
    writer = g_new0(OsFreezeWriter, 1);
    writer->name = name ? os_utf8(name) : g_strdup("");
    writer->id = guid_text(&id);
    writer->state = g_strdup((guint)state < G_N_ELEMENTS(states) ? states[state] : "unknown");
    if (FAILED(failure) || is_failed(state))
        writer->problem = problem_text(failure);
    SysFreeString(name);
    return writer;
}

static void replace(GPtrArray *writers)
{
    g_mutex_lock(&last_lock);
    GPtrArray *old = last;
    last = writers;
    g_mutex_unlock(&last_lock);
    g_clear_pointer(&old, g_ptr_array_unref);
}

void os_vss_writers_note(IVssBackupComponents *backup)
{
    GPtrArray *writers = g_ptr_array_new_with_free_func((GDestroyNotify)os_freeze_writer_free);
    UINT count = 0;

    if (FAILED(IVssBackupComponents_GetWriterStatusCount(backup, &count)))
        count = 0;
    for (UINT i = 0; i < MIN(count, WRITERS_MAX); i++) {
        OsFreezeWriter *writer = read_writer(backup, i);
        if (writer)
            g_ptr_array_add(writers, writer);
    }
    replace(writers);
}

void os_vss_writers_forget(void)
{
    replace(NULL);
}

GPtrArray *os_freeze_writers(void)
{
    g_mutex_lock(&last_lock);
    GPtrArray *writers =
        last ? g_ptr_array_copy(last, copy, NULL)
             : g_ptr_array_new_with_free_func((GDestroyNotify)os_freeze_writer_free);
    g_mutex_unlock(&last_lock);
    return writers;
}
