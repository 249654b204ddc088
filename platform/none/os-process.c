/* SPDX-License-Identifier: Apache-2.0 */
#include "os-process.h"
#include "none.h"

OsProcess *os_process_spawn(const char *const *argv, const char *const *envp, OsProcessFlags flags,
                            GError **error)
{
    return none_fail_null(error);
}

gint64 os_process_pid(const OsProcess *process)
{
    return 0;
}

OsStream *os_process_take_stdin(OsProcess *process)
{
    return NULL;
}

OsStream *os_process_take_stdout(OsProcess *process)
{
    return NULL;
}

OsStream *os_process_take_stderr(OsProcess *process)
{
    return NULL;
}

void os_process_watch(OsProcess *process, OsProcessEnded ended, gpointer data)
{
}

void os_process_free(OsProcess *process)
{
}
