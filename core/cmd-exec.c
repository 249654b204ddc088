/* SPDX-License-Identifier: Apache-2.0 */
#include "agent.h"
#include "error.h"
#include "schema-commands.h"

/* The typographic quotes are those that GLib's own message has, and clients compare. */
#define EXEC_FAILED "Failed to execute child process \u201C%s\u201D (%s)"

static OsProcessFlags capture_flags(const GuestExecCaptureOutput *capture)
{
    static const OsProcessFlags by_mode[] = {
        [GUEST_EXEC_CAPTURE_OUTPUT_MODE_NONE] = 0,
        [GUEST_EXEC_CAPTURE_OUTPUT_MODE_STDOUT] = OS_PROCESS_STDOUT,
        [GUEST_EXEC_CAPTURE_OUTPUT_MODE_STDERR] = OS_PROCESS_STDERR,
        [GUEST_EXEC_CAPTURE_OUTPUT_MODE_SEPARATED] = OS_PROCESS_STDOUT | OS_PROCESS_STDERR,
        [GUEST_EXEC_CAPTURE_OUTPUT_MODE_MERGED] = OS_PROCESS_STDOUT | OS_PROCESS_MERGE,
    };

    if (!capture)
        return 0;
    if (capture->choice == GUEST_EXEC_CAPTURE_OUTPUT_MODE)
        return by_mode[capture->mode];
    return capture->flag ? OS_PROCESS_STDOUT | OS_PROCESS_STDERR : 0;
}

VaExec *cmd_exec_take(VaAgent *agent, const GuestExecIn *in, GError **error)
{
    return va_exec_table_reserve(va_agent_execs(agent), in->input_data,
                                 capture_flags(in->capture_output), error);
}

/* A NULL-terminated array that borrows its strings; @first may be NULL. */
static GPtrArray *to_vector(const char *first, const GPtrArray *strings)
{
    GPtrArray *vector = g_ptr_array_new();

    if (first)
        g_ptr_array_add(vector, (gpointer)first);
    for (guint i = 0; strings && i < strings->len; i++)
        g_ptr_array_add(vector, strings->pdata[i]);
    g_ptr_array_add(vector, NULL);
    return vector;
}

gboolean cmd_exec(VaExec *held, const GuestExecIn *in, GuestExec **out, GError **error)
{
    g_autoptr(GPtrArray) argv = to_vector(in->path, in->arg);
    g_autoptr(GPtrArray) envp = to_vector(NULL, in->env);
    g_autoptr(GError) why = NULL;

    if (va_exec_spawn(held, (const char *const *)argv->pdata,
                      in->env ? (const char *const *)envp->pdata : NULL, &why))
        return TRUE;
    return va_fail(error, EXEC_FAILED, in->path, why->message);
}

gboolean cmd_exec_give(VaAgent *agent, VaExec *held, GuestExec **out, gboolean done, GError **error)
{
    if (!done) {
        va_exec_table_cancel(va_agent_execs(agent), held);
        return FALSE;
    }
    *out = guest_exec_new();
    (*out)->pid = va_exec_pid(held);
    va_exec_table_add(va_agent_execs(agent), held);
    return TRUE;
}

gboolean cmd_exec_status_wait(VaAgent *agent, const GuestExecStatusIn *in, VaWake wake,
                              gpointer data)
{
    return va_exec_table_wait(va_agent_execs(agent), in->pid, wake, data);
}

gboolean cmd_exec_status(VaAgent *agent, const GuestExecStatusIn *in, GuestExecStatus **out,
                         GError **error)
{
    VaExecResult result;
    if (!va_exec_table_collect(va_agent_execs(agent), in->pid, &result, error))
        return FALSE;

    GuestExecStatus *status = guest_exec_status_new();
    status->exited = result.exited;
    status->has_exitcode = result.exited && !result.end.signaled;
    status->has_signal = result.exited && result.end.signaled;
    status->exitcode = status->has_exitcode ? result.end.value : 0;
    status->signal = status->has_signal ? result.end.value : 0;
    status->out_data = result.out;
    status->err_data = result.err;
    status->has_out_truncated = result.out || result.out_truncated;
    status->has_err_truncated = result.err || result.err_truncated;
    status->out_truncated = result.out_truncated;
    status->err_truncated = result.err_truncated;
    *out = status;
    return TRUE;
}
