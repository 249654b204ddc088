/* SPDX-License-Identifier: Apache-2.0 */
#include "log.h"

#include "os-log.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    GLogLevelFlags level;
    gint64 when; /* microseconds since 1970 */
    char *text;
} Message;

/* Written to by any thread: everything is under the lock. */
struct VaLog {
    GMutex lock;
    gboolean verbose;
    gboolean to_system;   /* instead of standard error */
    OsLogFile *file;      /* instead of either; NULL: none */
    char *path;           /* of the file wanted */
    gboolean file_wanted; /* to be opened when the gate opens */
    gboolean held;
    guint64 n_held;                /* since the gate was closed */
    Message kept[VA_LOG_HELD_MAX]; /* the last of them: a ring */
};

VaLog *va_log_new(void)
{
    VaLog *log = g_new0(VaLog, 1);
    g_mutex_init(&log->lock);
    log->to_system = os_log_owns_stderr();
    return log;
}

void va_log_free(VaLog *log)
{
    if (!log)
        return;
    for (guint i = 0; i < VA_LOG_HELD_MAX; i++)
        g_free(log->kept[i].text);
    os_log_file_free(log->file);
    g_free(log->path);
    g_mutex_clear(&log->lock);
    g_free(log);
}

static const char *level_name(GLogLevelFlags level)
{
    static const struct {
        GLogLevelFlags level;
        const char *name;
    } names[] = {
        {G_LOG_LEVEL_ERROR, "error"},     {G_LOG_LEVEL_CRITICAL, "critical"},
        {G_LOG_LEVEL_WARNING, "warning"}, {G_LOG_LEVEL_MESSAGE, "message"},
        {G_LOG_LEVEL_INFO, "info"},       {G_LOG_LEVEL_DEBUG, "debug"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        if (level & names[i].level)
            return names[i].name;
    return "message";
}

static void write_to_file(OsLogFile *file, const Message *message)
{
    g_autofree char *line = g_strdup_printf(
        "%" G_GINT64_FORMAT ".%06d: %s: %s\n", message->when / G_USEC_PER_SEC,
        (int)(message->when % G_USEC_PER_SEC), level_name(message->level), message->text);
    os_log_file_write(file, line, strlen(line));
}

static gboolean is_audit(const Message *message)
{
    return (message->level & G_LOG_LEVEL_INFO) != 0;
}

/* A failing start is looked for on standard error or in the journal, whatever the log file. */
static gboolean is_failure(const Message *message)
{
    return (message->level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL)) != 0;
}

static void emit(VaLog *log, const Message *message)
{
    gboolean shown = log->verbose || !is_audit(message);
    gboolean outside = !log->file || is_failure(message);
    if (log->file && shown)
        write_to_file(log->file, message);
    if (is_audit(message) || (outside && log->to_system))
        os_log_write(message->level, message->text);
    if (outside && shown && !log->to_system)
        fprintf(stderr, "virtagent: %s: %s\n", level_name(message->level), message->text);
}

static void keep(VaLog *log, GLogLevelFlags level, gint64 when, char *text)
{
    Message *slot = &log->kept[log->n_held++ % VA_LOG_HELD_MAX];
    g_free(slot->text);
    *slot = (Message){level, when, text};
}

static void release_kept(VaLog *log)
{
    guint64 first = log->n_held > VA_LOG_HELD_MAX ? log->n_held - VA_LOG_HELD_MAX : 0;
    if (first > 0) {
        g_autofree char *text = g_strdup_printf(
            "%" G_GUINT64_FORMAT " earlier messages were dropped while nothing was written", first);
        emit(log, &(Message){G_LOG_LEVEL_WARNING, g_get_real_time(), text});
    }
    for (guint64 i = first; i < log->n_held; i++) {
        Message *message = &log->kept[i % VA_LOG_HELD_MAX];
        emit(log, message);
        g_clear_pointer(&message->text, g_free);
    }
    log->n_held = 0;
}

static gboolean open_file(VaLog *log, GError **error)
{
    log->file_wanted = FALSE;
    OsLogFile *file = os_log_file_open(log->path, error);
    if (!file)
        return FALSE;
    os_log_file_free(log->file);
    log->file = file;
    return TRUE;
}

/* Opening creates the file, which a frozen filesystem would not do before it is thawed. */
static gboolean want_file(VaLog *log, GError **error)
{
    log->file_wanted = TRUE;
    return log->held || open_file(log, error);
}

void va_log_write(VaLog *log, GLogLevelFlags level, const char *text)
{
    g_autofree char *clean = va_log_clean(text);
    Message message = {level, g_get_real_time(), clean};
    g_mutex_lock(&log->lock);
    gboolean wanted = log->verbose || !(level & G_LOG_LEVEL_DEBUG);
    if (wanted && log->held)
        keep(log, level, message.when, g_steal_pointer(&clean));
    else if (wanted)
        emit(log, &message);
    g_mutex_unlock(&log->lock);
}

static GLogWriterOutput writer(GLogLevelFlags level, const GLogField *fields, gsize n_fields,
                               gpointer data)
{
    for (gsize i = 0; i < n_fields; i++) {
        if (strcmp(fields[i].key, "MESSAGE") != 0)
            continue;
        const char *value = fields[i].value;
        g_autofree char *text =
            fields[i].length < 0 ? g_strdup(value) : g_strndup(value, (gsize)fields[i].length);
        va_log_write(data, level, text);
        return G_LOG_WRITER_HANDLED;
    }
    return G_LOG_WRITER_UNHANDLED;
}

void va_log_install(VaLog *log)
{
    g_log_set_writer_func(writer, log, NULL);
}

void va_log_set_verbose(VaLog *log, gboolean verbose)
{
    g_mutex_lock(&log->lock);
    log->verbose = verbose;
    g_mutex_unlock(&log->lock);
}

void va_log_to_system(VaLog *log)
{
    g_mutex_lock(&log->lock);
    log->to_system = TRUE;
    g_mutex_unlock(&log->lock);
}

gboolean va_log_to_file(VaLog *log, const char *path, GError **error)
{
    g_mutex_lock(&log->lock);
    g_free(log->path);
    log->path = g_strdup(path);
    gboolean done = want_file(log, error);
    g_mutex_unlock(&log->lock);
    return done;
}

gboolean va_log_reopen(VaLog *log, GError **error)
{
    g_mutex_lock(&log->lock);
    gboolean done = !log->path || want_file(log, error);
    g_mutex_unlock(&log->lock);
    return done;
}

static void open_gate(VaLog *log)
{
    g_autoptr(GError) error = NULL;
    log->held = FALSE;
    if (log->file_wanted && !open_file(log, &error))
        emit(log, &(Message){G_LOG_LEVEL_WARNING, g_get_real_time(), error->message});
    release_kept(log);
}

void va_log_hold(VaLog *log, gboolean hold)
{
    g_mutex_lock(&log->lock);
    if (hold)
        log->held = TRUE;
    else if (log->held)
        open_gate(log);
    g_mutex_unlock(&log->lock);
}
