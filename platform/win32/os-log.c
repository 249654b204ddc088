/* SPDX-License-Identifier: Apache-2.0 */
#include "os-log.h"

#include "messages.h"
#include "os-error.h"
#include "os-handle.h"
#include "os-private.h"
#include "os-utf16.h"

struct OsLogFile {
    HANDLE handle;
};

/* Nothing but the event log is left where there is no standard error: in a service. */
gboolean os_log_owns_stderr(void)
{
    return !os_handle_is_valid(GetStdHandle(STD_ERROR_HANDLE));
}

/* NULL: not for the event log. */
static const struct Kind {
    GLogLevelFlags levels;
    WORD type;
    DWORD id;
} * kind_of(GLogLevelFlags level)
{
    static const struct Kind kinds[] = {
        {G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL, EVENTLOG_ERROR_TYPE, OS_MESSAGE_ERROR},
        {G_LOG_LEVEL_WARNING, EVENTLOG_WARNING_TYPE, OS_MESSAGE_WARNING},
        {G_LOG_LEVEL_MESSAGE | G_LOG_LEVEL_INFO, EVENTLOG_INFORMATION_TYPE, OS_MESSAGE_NOTE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (level & kinds[i].levels)
            return &kinds[i];
    return NULL;
}

/* The source is opened each time: messages are rare, and this may be any thread. */
void os_log_write(GLogLevelFlags level, const char *message)
{
    const struct Kind *kind = kind_of(level);
    g_autofree wchar_t *text = kind ? os_utf16(message, NULL) : NULL;
    HANDLE source = text ? RegisterEventSourceW(NULL, L"virtagent") : NULL;
    const wchar_t *strings[] = {text};

    if (!source)
        return;
    ReportEventW(source, kind->type, 0, kind->id, NULL, 1, 0, strings, NULL);
    DeregisterEventSource(source);
}

/* With the right to append only, every write goes to the end, whoever else writes (MSDN, "File
 * Security and Access Rights").  Others may rename it: that is how logs are rotated. */
OsLogFile *os_log_file_open(const char *path, GError **error)
{
    g_autofree wchar_t *wide = os_utf16(path, error);
    g_auto(OsDescriptor) descriptor = wide ? os_private_descriptor(error) : NULL;
    SECURITY_ATTRIBUTES security = {.nLength = sizeof security, .lpSecurityDescriptor = descriptor};

    if (!descriptor)
        return NULL;
    HANDLE handle = CreateFileW(wide, FILE_APPEND_DATA | SYNCHRONIZE,
                                FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, &security,
                                OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
    if (handle == INVALID_HANDLE_VALUE)
        return os_error_null(error, "failed to open log file '%s'", path);
    OsLogFile *file = g_new0(OsLogFile, 1);
    file->handle = handle;
    return file;
}

void os_log_file_write(OsLogFile *file, const char *line, gsize length)
{
    DWORD put;
    WriteFile(file->handle, line, (DWORD)length, &put, NULL);
}

void os_log_file_free(OsLogFile *file)
{
    if (!file)
        return;
    os_handle_close(file->handle);
    g_free(file);
}
