/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-daemon.h"

#include <gio/gio.h>

struct OsLogFile {
    GString *text; /* of the table of files */
};

gboolean os_log_owns_stderr(void)
{
    return fake_daemon()->owns_stderr;
}

void os_log_write(GLogLevelFlags level, const char *message)
{
    g_string_append_printf(fake_daemon()->system_log, "%d %s\n", (int)level, message);
}

OsLogFile *os_log_file_open(const char *path, GError **error)
{
    FakeDaemon *fake = fake_daemon();
    if (fake->log_failure) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, fake->log_failure);
        return NULL;
    }
    fake->log_opens++;
    GString *text = g_hash_table_lookup(fake->log_files, path);
    if (!text) {
        text = g_string_new(NULL);
        g_hash_table_insert(fake->log_files, g_strdup(path), text);
    }
    OsLogFile *file = g_new0(OsLogFile, 1);
    file->text = text;
    return file;
}

void os_log_file_write(OsLogFile *file, const char *line, gsize length)
{
    g_string_append_len(file->text, line, (gssize)length);
}

void os_log_file_free(OsLogFile *file)
{
    g_free(file);
}
