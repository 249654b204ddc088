/* SPDX-License-Identifier: Apache-2.0 */
#include "exec-table.h"

#include "error.h"
#include "exec.h"

/* Read at a time from a pipe whose bytes nobody wants. */
#define LEFTOVER_CHUNK 16384u

typedef struct {
    gint64 pid;
    VaExec *exec;
    gboolean settled;
    gint64 settled_at; /* g_get_monotonic_time() */
} Record;

/* Somebody who wants to know of the end of a program. */
typedef struct {
    VaExecTable *table;
    gint64 pid;
    VaExecWake wake;
    gpointer data;
    GSource *source;
} Wait;

struct VaExecTable {
    GHashTable *records; /* &pid -> Record */
    GQueue settled;      /* of Record, oldest first: the uncollected results */
    GQueue leftovers;    /* of OsStream, oldest first */
    GQueue waits;        /* of Wait */
    guint reserved;      /* programs being started */
    gsize kept;          /* bytes of output */
    gsize input;         /* bytes that programs have still to read */
    guint expiry;        /* source, while there is something uncollected; else 0 */
};

static void record_free(gpointer data)
{
    Record *record = data;
    va_exec_free(record->exec);
    g_free(record);
}

static void wait_free(gpointer data)
{
    Wait *wait = data;
    g_source_destroy(wait->source);
    g_source_unref(wait->source);
    g_free(wait);
}

VaExecTable *va_exec_table_new(void)
{
    VaExecTable *table = g_new0(VaExecTable, 1);
    table->records = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, record_free);
    return table;
}

void va_exec_table_free(VaExecTable *table)
{
    if (!table)
        return;
    g_clear_handle_id(&table->expiry, g_source_remove);
    g_queue_clear_full(&table->waits, wait_free);
    g_queue_clear(&table->settled);
    g_hash_table_unref(table->records);
    g_queue_clear_full(&table->leftovers, (GDestroyNotify)os_stream_free);
    g_free(table);
}

static void drop(VaExecTable *table, Record *record)
{
    table->kept -= va_exec_kept(record->exec);
    if (record->settled)
        g_queue_remove(&table->settled, record);
    g_hash_table_remove(table->records, &record->pid);
    if (g_queue_is_empty(&table->settled))
        g_clear_handle_id(&table->expiry, g_source_remove);
}

static gint has_no_output(gconstpointer record, gconstpointer unused)
{
    return va_exec_kept(((const Record *)record)->exec) == 0;
}

/* Those of programs that run are never evicted: what they say further is dropped instead. */
static gsize room(gsize wanted, gpointer data)
{
    VaExecTable *table = data;

    while (table->kept + wanted > VA_EXEC_BYTES_MAX) {
        GList *oldest = g_queue_find_custom(&table->settled, NULL, has_no_output);
        if (!oldest)
            break;
        drop(table, oldest->data);
    }
    gsize granted = MIN(wanted, VA_EXEC_BYTES_MAX - table->kept);
    table->kept += granted;
    return granted;
}

static void input_gone(gsize size, gpointer data)
{
    VaExecTable *table = data;
    table->input -= size;
}

static gboolean expiry_due(gpointer data)
{
    VaExecTable *table = data;

    table->expiry = 0;
    va_exec_table_expire(table, g_get_monotonic_time());
    return G_SOURCE_REMOVE;
}

/* One timer, for the oldest result; when that has been collected meanwhile it comes too early once.
 */
static void arm_expiry(VaExecTable *table, gint64 now)
{
    const Record *oldest = g_queue_peek_head(&table->settled);

    if (table->expiry || !oldest)
        return;
    gint64 age = (now - oldest->settled_at) / G_USEC_PER_SEC;
    table->expiry = g_timeout_add_seconds((guint)(VA_EXEC_AGE_MAX + 1 - MIN(age, VA_EXEC_AGE_MAX)),
                                          expiry_due, table);
}

void va_exec_table_expire(VaExecTable *table, gint64 now)
{
    Record *oldest;

    while ((oldest = g_queue_peek_head(&table->settled)) &&
           now - oldest->settled_at > (gint64)VA_EXEC_AGE_MAX * G_USEC_PER_SEC)
        drop(table, oldest);
    arm_expiry(table, now);
}

static gboolean wait_over(gpointer data)
{
    Wait *wait = data;
    VaExecWake wake = wait->wake;
    gpointer wake_data = wait->data;

    g_queue_remove(&wait->table->waits, wait);
    wait_free(wait);
    wake(wake_data);
    return G_SOURCE_REMOVE;
}

gboolean va_exec_table_wait(VaExecTable *table, gint64 pid, VaExecWake wake, gpointer data)
{
    const Record *record = g_hash_table_lookup(table->records, &pid);
    if (!record || record->settled)
        return FALSE;

    Wait *wait = g_new0(Wait, 1);
    *wait = (Wait){table, pid, wake, data, g_timeout_source_new(VA_EXEC_PATIENCE)};
    g_source_set_callback(wait->source, wait_over, wait, NULL);
    g_source_attach(wait->source, NULL);
    g_queue_push_tail(&table->waits, wait);
    return TRUE;
}

/* From the loop, not from here: who is woken may drop the record that is being settled. */
static void wake_those_of(VaExecTable *table, gint64 pid)
{
    for (GList *link = table->waits.head; link; link = link->next) {
        const Wait *wait = link->data;
        if (wait->pid == pid)
            g_source_set_ready_time(wait->source, 0);
    }
}

static void settled(VaExec *exec, gpointer data)
{
    VaExecTable *table = data;
    gint64 pid = va_exec_pid(exec);
    Record *record = g_hash_table_lookup(table->records, &pid);

    record->settled = TRUE;
    record->settled_at = g_get_monotonic_time();
    g_queue_push_tail(&table->settled, record);
    wake_those_of(table, pid);
    arm_expiry(table, record->settled_at);
}

static void leftover_ready(OsStream *stream, gpointer data)
{
    VaExecTable *table = data;
    guint8 chunk[LEFTOVER_CHUNK];
    gsize got;
    OsIo io = os_stream_read(stream, chunk, sizeof chunk, &got, NULL);

    if (io == OS_IO_DONE || io == OS_IO_AGAIN)
        return;
    g_queue_remove(&table->leftovers, stream);
    os_stream_free(stream);
}

/* To close it at once would end the descendant by SIGPIPE. */
static void leftover(OsStream *stream, gpointer data)
{
    VaExecTable *table = data;

    if (g_queue_get_length(&table->leftovers) >= VA_EXEC_LEFTOVERS_MAX)
        os_stream_free(g_queue_pop_head(&table->leftovers));
    g_queue_push_tail(&table->leftovers, stream);
    os_stream_watch(stream, OS_WATCH_READ, leftover_ready, table);
}

static const VaExecEvents events = {room, input_gone, settled, leftover};

static gboolean has_room(VaExecTable *table, gsize input, GError **error)
{
    if (input > VA_EXEC_INPUT_MAX - table->input)
        return va_fail(error, "too much input-data waits to be read by programs that run");
    if (g_hash_table_size(table->records) + table->reserved < VA_EXEC_RECORDS_MAX)
        return TRUE;
    if (g_queue_is_empty(&table->settled))
        return va_fail(error, "too many programs are running: %u", VA_EXEC_RECORDS_MAX);
    drop(table, g_queue_peek_head(&table->settled));
    return TRUE;
}

VaExec *va_exec_table_reserve(VaExecTable *table, GBytes *input, OsProcessFlags flags,
                              GError **error)
{
    gsize size = input ? g_bytes_get_size(input) : 0;

    if (!has_room(table, size, error))
        return NULL;
    table->reserved++;
    table->input += size;
    return va_exec_new(input, flags, &events, table);
}

void va_exec_table_cancel(VaExecTable *table, VaExec *exec)
{
    table->reserved--;
    va_exec_free(exec);
}

void va_exec_table_add(VaExecTable *table, VaExec *exec)
{
    Record *record = g_new0(Record, 1);
    record->pid = va_exec_pid(exec);
    record->exec = exec;

    Record *earlier = g_hash_table_lookup(table->records, &record->pid);
    if (earlier)
        drop(table, earlier);
    table->reserved--;
    g_hash_table_insert(table->records, &record->pid, record);
    va_exec_follow(exec);
}

gboolean va_exec_table_collect(VaExecTable *table, gint64 pid, VaExecResult *result, GError **error)
{
    Record *record = g_hash_table_lookup(table->records, &pid);

    if (!record)
        return va_fail(error, "PID %" G_GINT64_FORMAT " does not exist", pid);
    if (!record->settled) {
        *result = (VaExecResult){.exited = FALSE};
        return TRUE;
    }
    table->kept -= va_exec_kept(record->exec);
    va_exec_take_result(record->exec, result);
    drop(table, record);
    return TRUE;
}
