/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-process.h"

#include <gio/gio.h>

struct OsProcess {
    FakeProcess *fake;
};

struct FakeProcess {
    OsProcess process;
    gint64 pid;
    char **argv;
    char **envp;
    OsProcessFlags flags;
    FakeStream *streams[3];
    gboolean taken[3];
    OsProcessEnded ended;
    gpointer data;
    gboolean freed;
};

static struct {
    GPtrArray *processes; /* of FakeProcess */
    gint64 pids;          /* given out */
    char *failure;
} fake;

static void process_free(gpointer data)
{
    FakeProcess *process = data;

    g_assert_true(process->freed);
    g_strfreev(process->argv);
    g_strfreev(process->envp);
    for (guint i = 0; i < G_N_ELEMENTS(process->streams); i++)
        fake_stream_free(process->streams[i]);
    g_free(process);
}

FakeProcess *fake_process_last(void)
{
    if (!fake.processes || !fake.processes->len)
        return NULL;
    return g_ptr_array_index(fake.processes, fake.processes->len - 1);
}

const char *const *fake_process_argv(const FakeProcess *process)
{
    return (const char *const *)process->argv;
}

const char *const *fake_process_envp(const FakeProcess *process)
{
    return (const char *const *)process->envp;
}

OsProcessFlags fake_process_flags(const FakeProcess *process)
{
    return process->flags;
}

gint64 fake_process_pid(const FakeProcess *process)
{
    return process->pid;
}

FakeStream *fake_process_stream(FakeProcess *process, guint standard)
{
    return process->streams[standard];
}

static void end(FakeProcess *process, gboolean signaled, gint64 value)
{
    const OsProcessEnd how = {signaled, value};
    OsProcessEnded ended = process->ended;

    g_assert_false(process->freed);
    g_assert_nonnull(ended);
    process->ended = NULL;
    ended(&process->process, &how, process->data);
}

void fake_process_exit(FakeProcess *process, gint64 code)
{
    end(process, FALSE, code);
}

void fake_process_kill(FakeProcess *process, gint64 signal)
{
    end(process, TRUE, signal);
}

gboolean fake_process_is_watched(const FakeProcess *process)
{
    return process->ended != NULL;
}

gboolean fake_process_is_freed(const FakeProcess *process)
{
    return process->freed;
}

void fake_processes_fail_next(const char *text)
{
    fake.failure = g_strdup(text);
}

void fake_processes_set_next_pid(gint64 pid)
{
    fake.pids = pid - 1;
}

void fake_processes_reset(void)
{
    g_clear_pointer(&fake.processes, g_ptr_array_unref);
    g_clear_pointer(&fake.failure, g_free);
    fake.pids = 0;
}

OsProcess *os_process_spawn(const char *const *argv, const char *const *envp, OsProcessFlags flags,
                            GError **error)
{
    if (fake.failure) {
        g_autofree char *text = g_steal_pointer(&fake.failure);
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, text);
        return NULL;
    }

    FakeProcess *process = g_new0(FakeProcess, 1);
    process->process.fake = process;
    process->pid = ++fake.pids;
    process->argv = g_strdupv((char **)argv);
    process->envp = g_strdupv((char **)envp);
    process->flags = flags;
    for (guint i = 0; i < G_N_ELEMENTS(process->streams); i++)
        process->streams[i] = fake_stream_new();
    if (!fake.processes)
        fake.processes = g_ptr_array_new_with_free_func(process_free);
    g_ptr_array_add(fake.processes, process);
    return &process->process;
}

gint64 os_process_pid(const OsProcess *process)
{
    return process->fake->pid;
}

static OsStream *take(OsProcess *process, guint standard)
{
    FakeProcess *owner = process->fake;
    gboolean there = (owner->flags & (1u << standard)) && !owner->taken[standard];

    owner->taken[standard] = TRUE;
    return there ? fake_stream_end(owner->streams[standard]) : NULL;
}

OsStream *os_process_take_stdin(OsProcess *process)
{
    return take(process, 0);
}

OsStream *os_process_take_stdout(OsProcess *process)
{
    return take(process, 1);
}

OsStream *os_process_take_stderr(OsProcess *process)
{
    return take(process, 2);
}

void os_process_watch(OsProcess *process, OsProcessEnded ended, gpointer data)
{
    process->fake->ended = ended;
    process->fake->data = data;
}

void os_process_free(OsProcess *process)
{
    if (!process)
        return;
    g_assert_false(process->fake->freed);
    process->fake->freed = TRUE;
    process->fake->ended = NULL;
}
