/* SPDX-License-Identifier: Apache-2.0 */
#include "os-run.h"

#include <string.h>
#include <windows.h>

#include "os-error.h"
#include "os-handle.h"
#include "os-process-handle.h"

/* Moved at a time, bytes. */
#define CHUNK 16384u

/* Reads after its end, so that a descendant that never stops writing cannot keep us: more than a
 * pipe holds. */
#define LAST_READS 64u

/* What those get as exit code that are stopped. */
#define STOPPED 1u

#define NEVER G_MAXINT64

/* Our end of a pipe and what is under way on it. */
typedef struct {
    HANDLE pipe; /* NULL: none, or through with it */
    OVERLAPPED io;
    gboolean under_way;
} Transfer;

/* A program on its way to its end. */
typedef struct {
    const OsRun *run;
    OsProcess *process;
    OsHandle job; /* it and its descendants */
    Transfer input;
    gsize fed;
    Transfer output;
    char chunk[CHUNK]; /* that is being read */
    GString *said;
} Running;

/* Ends what is under way, which owns its memory until then, and tells what it had moved. */
static DWORD cancel(Transfer *transfer)
{
    DWORD moved = 0;

    if (!transfer->under_way)
        return 0;
    transfer->under_way = FALSE;
    CancelIoEx(transfer->pipe, &transfer->io);
    return GetOverlappedResult(transfer->pipe, &transfer->io, &moved, TRUE) ? moved : 0;
}

static void close_now(Transfer *transfer)
{
    cancel(transfer);
    os_handle_close(os_handle_steal(&transfer->pipe));
}

static void transfer_clear(Transfer *transfer)
{
    close_now(transfer);
    os_handle_close(os_handle_steal(&transfer->io.hEvent));
}

static void running_clear(Running *running)
{
    transfer_clear(&running->input);
    transfer_clear(&running->output);
    os_process_free(running->process);
    os_handle_close(running->job);
    if (running->said)
        g_string_free(running->said, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Running, running_clear)

/* After ReadFile() or WriteFile(): what is done at once signals its event as well, so that both are
 * collected in one way. */
static void begun(Transfer *transfer, BOOL done)
{
    transfer->under_way = done || GetLastError() == ERROR_IO_PENDING;
    if (!transfer->under_way)
        close_now(transfer);
}

static void begin_input(Running *running)
{
    const OsRun *run = running->run;
    const char *rest = (const char *)run->input + running->fed;
    Transfer *input = &running->input;

    if (!input->pipe || input->under_way)
        return;
    if (running->fed == run->input_size)
        close_now(input);
    else
        begun(input, WriteFile(input->pipe, rest, (DWORD)MIN(run->input_size - running->fed, CHUNK),
                               NULL, &input->io));
}

static void begin_output(Running *running)
{
    Transfer *output = &running->output;

    if (output->pipe && !output->under_way)
        begun(output, ReadFile(output->pipe, running->chunk, CHUNK, NULL, &output->io));
}

static void keep(Running *running, char *bytes, gsize size)
{
    GString *said = running->said;
    gsize last = running->run->output_last;

    for (char *nul = bytes; (nul = memchr(nul, '\0', size - (gsize)(nul - bytes)));)
        *nul = '?';
    g_string_append_len(said, bytes, (gssize)size);
    if (said->len > last)
        g_string_erase(said, 0, (gssize)(said->len - last));
}

/* TRUE if what was under way has ended; a broken pipe closes it. */
static gboolean collect(Transfer *transfer, DWORD *moved)
{
    if (!transfer->under_way || !HasOverlappedIoCompleted(&transfer->io))
        return FALSE;
    transfer->under_way = FALSE;
    if (GetOverlappedResult(transfer->pipe, &transfer->io, moved, FALSE))
        return TRUE;
    close_now(transfer);
    return FALSE;
}

/* A program that does not want its input is no failure: its exit status tells. */
static void collect_both(Running *running)
{
    DWORD moved;

    if (collect(&running->input, &moved))
        running->fed += moved;
    if (collect(&running->output, &moved))
        keep(running, running->chunk, moved);
}

static DWORD milliseconds_to(gint64 deadline)
{
    if (deadline == NEVER)
        return INFINITE;
    gint64 left = deadline - g_get_monotonic_time();
    return (DWORD)CLAMP(left / 1000 + (left % 1000 > 0), 0, G_MAXINT);
}

/* Until it has ended, or @deadline (monotonic, in microseconds) has come: then FALSE.  The process
 * comes first, so that no babbler hides its end. */
static gboolean follow(Running *running, gint64 deadline)
{
    for (;;) {
        begin_input(running);
        begin_output(running);
        HANDLE waited[] = {os_process_handle(running->process), running->output.io.hEvent,
                           running->input.io.hEvent};
        DWORD left = milliseconds_to(deadline);
        DWORD woken = WaitForMultipleObjects(G_N_ELEMENTS(waited), waited, FALSE, left);
        if (woken == WAIT_OBJECT_0)
            return TRUE;
        if (left == 0 || woken == WAIT_FAILED)
            return FALSE;
        collect_both(running);
    }
}

static gboolean has_more(const Running *running)
{
    DWORD there = 0;
    return running->output.pipe &&
           PeekNamedPipe(running->output.pipe, NULL, 0, NULL, &there, NULL) && there > 0;
}

/* What is in the pipe, and in the read under way; a descendant may write on. */
static void read_rest(Running *running)
{
    keep(running, running->chunk, cancel(&running->output));
    for (guint i = 0; i < LAST_READS && has_more(running); i++) {
        begin_output(running);
        keep(running, running->chunk, cancel(&running->output));
    }
}

/* Windows has no request to end that a program without a window or a console of ours could be sent,
 * so the order comes at once, to all descendants too.  What does not follow it hangs in the kernel
 * and is left behind. */
static gboolean stop(Running *running)
{
    TerminateJobObject(running->job, STOPPED);
    return follow(running, g_get_monotonic_time() + (gint64)OS_RUN_GRACE * 1000);
}

/* Falls back by itself, so that a transfer that is over does not wake us again. */
static HANDLE new_event(void)
{
    return CreateEventW(NULL, FALSE, FALSE, NULL);
}

static gboolean prepare(Running *running, GError **error)
{
    running->job = CreateJobObjectW(NULL, NULL);
    running->input.io.hEvent = new_event();
    running->output.io.hEvent = new_event();
    running->said = g_string_new(NULL);
    if (!running->job || !running->input.io.hEvent || !running->output.io.hEvent)
        return os_error(error, "failed to execute '%s'", running->run->argv[0]);
    return TRUE;
}

static gboolean start(Running *running, GError **error)
{
    const OsRun *run = running->run;
    OsProcessFlags flags =
        OS_PROCESS_STDOUT | OS_PROCESS_MERGE | (run->input ? OS_PROCESS_STDIN : 0);

    running->process = os_process_spawn_in(run->argv, run->envp, flags, running->job, error);
    if (!running->process) {
        g_autofree char *program = g_utf8_make_valid(run->argv[0], -1);
        g_prefix_error(error, "failed to execute '%s': ", program);
        return FALSE;
    }
    running->input.pipe = os_process_take_handle(running->process, 0);
    running->output.pipe = os_process_take_handle(running->process, 1);
    return TRUE;
}

gboolean os_run(const OsRun *run, OsRunResult *result, GError **error)
{
    g_auto(Running) running = {.run = run};
    if (!prepare(&running, error) || !start(&running, error))
        return FALSE;

    gint64 limit = (gint64)run->time_limit * 1000;
    gboolean in_time = follow(&running, limit ? g_get_monotonic_time() + limit : NEVER);
    if (!in_time)
        stop(&running);
    read_rest(&running);
    *result = (OsRunResult){
        .timed_out = !in_time,
        .end = os_process_end(running.process),
        .output = g_string_free(g_steal_pointer(&running.said), FALSE),
    };
    return TRUE;
}
