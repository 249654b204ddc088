/* SPDX-License-Identifier: Apache-2.0 */
#include "os-log.h"
#include "none.h"

gboolean os_log_owns_stderr(void)
{
    return FALSE;
}

void os_log_write(GLogLevelFlags level, const char *message)
{
}

OsLogFile *os_log_file_open(const char *path, GError **error)
{
    return none_fail_null(error);
}

void os_log_file_write(OsLogFile *file, const char *line, gsize length)
{
}

void os_log_file_free(OsLogFile *file)
{
}
