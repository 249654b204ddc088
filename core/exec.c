/* SPDX-License-Identifier: Apache-2.0 */
#include "exec.h"

/* Read at a time: what a pipe holds by default. */
#define CHUNK 65536u

/* Reads after the end of a program, per stream, so that a descendant that never stops writing
 * cannot keep us: what the largest pipe holds that the program itself could have asked for. */
#define LAST_READS 16u

typedef struct {
    VaExec *exec;
    OsStream *stream; /* NULL: not asked for, or at its end */
    GByteArray *kept;
    gboolean truncated;
} Output;

struct VaExec {
    const VaExecEvents *events;
    gpointer data;
    OsProcess *process; /* NULL until spawned */
    OsProcessFlags flags;
    GBytes *input; /* NULL: none, or through with it */
    gsize fed;
    OsStream *stdin_stream;
    Output out;
    Output err;
    gboolean ended;
    OsProcessEnd end;
    guint grace; /* source; 0: not running */
};

VaExec *va_exec_new(GBytes *input, OsProcessFlags flags, const VaExecEvents *events, gpointer data)
{
    VaExec *exec = g_new0(VaExec, 1);

    exec->events = events;
    exec->data = data;
    exec->flags = flags | (input ? OS_PROCESS_STDIN : 0);
    exec->input = input ? g_bytes_ref(input) : NULL;
    exec->out.exec = exec->err.exec = exec;
    exec->out.kept = g_byte_array_new();
    exec->err.kept = g_byte_array_new();
    return exec;
}

static void close_input(VaExec *exec)
{
    g_clear_pointer(&exec->stdin_stream, os_stream_free);
    if (!exec->input)
        return;
    exec->events->input_gone(g_bytes_get_size(exec->input), exec->data);
    g_clear_pointer(&exec->input, g_bytes_unref);
}

static void output_clear(Output *output)
{
    os_stream_free(output->stream);
    g_byte_array_unref(output->kept);
}

void va_exec_free(VaExec *exec)
{
    if (!exec)
        return;
    g_clear_handle_id(&exec->grace, g_source_remove);
    close_input(exec);
    output_clear(&exec->out);
    output_clear(&exec->err);
    os_process_free(exec->process);
    g_free(exec);
}

gboolean va_exec_spawn(VaExec *exec, const char *const *argv, const char *const *envp,
                       GError **error)
{
    exec->process = os_process_spawn(argv, envp, exec->flags, error);
    return exec->process != NULL;
}

gint64 va_exec_pid(const VaExec *exec)
{
    return os_process_pid(exec->process);
}

gsize va_exec_kept(const VaExec *exec)
{
    return (gsize)exec->out.kept->len + exec->err.kept->len;
}

/* Once something had to be dropped nothing more is kept: a result has no holes. */
static void keep(Output *output, const guint8 *bytes, gsize size)
{
    VaExec *exec = output->exec;
    gsize room = output->truncated ? 0 : MIN(size, VA_EXEC_OUTPUT_MAX - output->kept->len);

    if (room > 0)
        room = exec->events->room(room, exec->data);
    g_byte_array_append(output->kept, bytes, (guint)room);
    if (room < size)
        output->truncated = TRUE;
}

/* FALSE once nothing can be read any more; *again if more may be there right now. */
static gboolean read_once(Output *output, gboolean *again)
{
    guint8 chunk[CHUNK];
    gsize got = 0;
    OsIo io = os_stream_read(output->stream, chunk, sizeof chunk, &got, NULL);

    if (io == OS_IO_DONE)
        keep(output, chunk, got);
    *again = io == OS_IO_DONE;
    return io == OS_IO_DONE || io == OS_IO_AGAIN;
}

static void read_rest(Output *output)
{
    gboolean again = output->stream != NULL;

    for (guint i = 0; again && i < LAST_READS; i++)
        if (!read_once(output, &again))
            g_clear_pointer(&output->stream, os_stream_free);
}

static void leave(Output *output)
{
    OsStream *stream = g_steal_pointer(&output->stream);

    if (!stream)
        return;
    os_stream_watch(stream, OS_WATCH_NONE, NULL, NULL);
    output->exec->events->leftover(stream, output->exec->data);
}

static void settle(VaExec *exec)
{
    g_clear_handle_id(&exec->grace, g_source_remove);
    leave(&exec->out);
    leave(&exec->err);
    exec->events->settled(exec, exec->data);
}

static gboolean is_complete(const VaExec *exec)
{
    return exec->ended && !exec->out.stream && !exec->err.stream;
}

static void output_ready(OsStream *stream, gpointer data)
{
    Output *output = data;
    gboolean again;

    if (read_once(output, &again))
        return;
    g_clear_pointer(&output->stream, os_stream_free);
    if (is_complete(output->exec))
        settle(output->exec);
}

static void input_ready(OsStream *stream, gpointer data)
{
    VaExec *exec = data;
    gsize size, put = 0;
    const guint8 *bytes = g_bytes_get_data(exec->input, &size);
    OsIo io = os_stream_write(stream, bytes + exec->fed, size - exec->fed, &put, NULL);

    exec->fed += put;
    if (io != OS_IO_AGAIN && (io != OS_IO_DONE || exec->fed == size))
        close_input(exec);
}

static gboolean grace_over(gpointer data)
{
    VaExec *exec = data;

    exec->grace = 0;
    settle(exec);
    return G_SOURCE_REMOVE;
}

static void ended(OsProcess *process, const OsProcessEnd *end, gpointer data)
{
    VaExec *exec = data;

    exec->ended = TRUE;
    exec->end = *end;
    close_input(exec);
    read_rest(&exec->out);
    read_rest(&exec->err);
    if (is_complete(exec))
        settle(exec);
    else
        exec->grace = g_timeout_add(VA_EXEC_GRACE, grace_over, exec);
}

static void follow_output(Output *output, OsStream *stream)
{
    output->stream = stream;
    if (stream)
        os_stream_watch(stream, OS_WATCH_READ, output_ready, output);
}

void va_exec_follow(VaExec *exec)
{
    exec->stdin_stream = os_process_take_stdin(exec->process);
    if (exec->stdin_stream && g_bytes_get_size(exec->input) > 0)
        os_stream_watch(exec->stdin_stream, OS_WATCH_WRITE, input_ready, exec);
    else
        close_input(exec);
    follow_output(&exec->out, os_process_take_stdout(exec->process));
    follow_output(&exec->err, os_process_take_stderr(exec->process));
    os_process_watch(exec->process, ended, exec);
}

/* Without a copy. */
static GBytes *take_kept(Output *output)
{
    if (output->kept->len == 0)
        return NULL;
    GBytes *bytes = g_byte_array_free_to_bytes(output->kept);
    output->kept = g_byte_array_new();
    return bytes;
}

void va_exec_take_result(VaExec *exec, VaExecResult *result)
{
    *result = (VaExecResult){
        .exited = TRUE,
        .end = exec->end,
        .out = take_kept(&exec->out),
        .err = take_kept(&exec->err),
        .out_truncated = exec->out.truncated,
        .err_truncated = exec->err.truncated,
    };
}
