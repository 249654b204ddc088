/* SPDX-License-Identifier: Apache-2.0 */
#include "os-process.h"

#include "os-environment.h"
#include "os-error-alone.h"
#include "os-handle.h"
#include "os-process-handle.h"
#include "os-process-start.h"
#include "os-stream-handle.h"

/* What is no less is an NTSTATUS of severity "error": nobody caught the exception. */
#define FIRST_EXCEPTION 0xc0000000u

enum { STANDARD_INPUT, STANDARD_OUTPUT, STANDARD_ERROR, N_STANDARD };

/* One end of each pipe, by standard handle; NULL: no pipe. */
typedef struct {
    HANDLE handle[N_STANDARD];
} Ends;

/* The system's thread pool waits for the process and attaches the source, whose turn it is then. */
typedef struct {
    GSource *source; /* NULL: nobody watches */
    HANDLE wait;     /* NULL: over */
    OsProcessEnded ended;
    gpointer data;
} Watch;

/* While the handle is open no other process gets the number. */
struct OsProcess {
    HANDLE handle;
    Ends ours;
    Watch watch;
};

static void ends_clear(Ends *ends)
{
    for (guint i = 0; i < N_STANDARD; i++)
        os_handle_close(os_handle_steal(&ends->handle[i]));
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Ends, ends_clear)

static gboolean open_null(HANDLE *handle, GError **error)
{
    SECURITY_ATTRIBUTES inheritable = {.nLength = sizeof inheritable, .bInheritHandle = TRUE};
    HANDLE opened =
        CreateFileW(L"\\\\.\\NUL", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE,
                    &inheritable, OPEN_EXISTING, 0, NULL);

    if (!os_handle_is_valid(opened))
        return os_error_alone(error, GetLastError());
    *handle = opened;
    return TRUE;
}

static gboolean open_ends(OsProcessFlags flags, Ends *ours, Ends *childs, GError **error)
{
    static const OsProcessFlags wanted[] = {OS_PROCESS_STDIN, OS_PROCESS_STDOUT, OS_PROCESS_STDERR};

    for (guint i = 0; i < N_STANDARD; i++) {
        gboolean opened = flags & wanted[i] ? os_stream_pipe(i == STANDARD_INPUT, &ours->handle[i],
                                                             &childs->handle[i], error)
                                            : open_null(&childs->handle[i], error);
        if (!opened)
            return FALSE;
    }
    return TRUE;
}

OsProcess *os_process_spawn_in(const char *const *argv, const char *const *envp,
                               OsProcessFlags flags, HANDLE job, GError **error)
{
    g_autoptr(OsProcess) process = g_new0(OsProcess, 1);
    g_auto(Ends) childs = {{NULL}};
    g_auto(OsProgram) program = {0};
    g_autofree wchar_t *environment = NULL;

    if (!os_program_find(argv, envp, &program, error) ||
        (envp && !(environment = os_environment_block(envp, error))) ||
        !open_ends(flags, &process->ours, &childs, error))
        return NULL;

    HANDLE *standard = childs.handle;
    OsProcessStart how = {
        .program = &program,
        .environment = environment,
        .standard = {standard[STANDARD_INPUT], standard[STANDARD_OUTPUT],
                     standard[flags & OS_PROCESS_MERGE ? STANDARD_OUTPUT : STANDARD_ERROR]},
        .job = job,
    };
    DWORD code;
    process->handle = os_process_start(&how, &code);
    return process->handle ? g_steal_pointer(&process) : os_error_alone_null(error, code);
}

OsProcess *os_process_spawn(const char *const *argv, const char *const *envp, OsProcessFlags flags,
                            GError **error)
{
    return os_process_spawn_in(argv, envp, flags, NULL, error);
}

gint64 os_process_pid(const OsProcess *process)
{
    return GetProcessId(process->handle);
}

HANDLE os_process_handle(const OsProcess *process)
{
    return process->handle;
}

HANDLE os_process_take_handle(OsProcess *process, guint standard)
{
    return os_handle_steal(&process->ours.handle[standard]);
}

static OsStream *take(OsProcess *process, guint standard)
{
    HANDLE handle = os_process_take_handle(process, standard);
    return handle ? os_stream_of_handle(handle, OS_STREAM_PIPE) : NULL;
}

OsStream *os_process_take_stdin(OsProcess *process)
{
    return take(process, STANDARD_INPUT);
}

OsStream *os_process_take_stdout(OsProcess *process)
{
    return take(process, STANDARD_OUTPUT);
}

OsStream *os_process_take_stderr(OsProcess *process)
{
    return take(process, STANDARD_ERROR);
}

/* Signed, as qemu-ga has told it from the beginning. */
OsProcessEnd os_process_end(const OsProcess *process)
{
    DWORD code;

    if (WaitForSingleObject(process->handle, 0) != WAIT_OBJECT_0 ||
        !GetExitCodeProcess(process->handle, &code))
        return (OsProcessEnd){.value = -1};
    return (OsProcessEnd){.signaled = code >= FIRST_EXCEPTION, .value = (gint32)code};
}

/* On a thread of the pool.  Not by g_main_context_invoke(), which would call here and now if nobody
 * happened to run the loop. */
static void CALLBACK process_ended(void *data, BOOLEAN timed_out)
{
    g_source_attach(data, NULL);
}

/* Waits for process_ended() to be through, which it soon is. */
static void stop_waiting(Watch *watch)
{
    if (watch->wait)
        UnregisterWaitEx(watch->wait, INVALID_HANDLE_VALUE);
    watch->wait = NULL;
    if (watch->source) {
        g_source_destroy(watch->source);
        g_source_unref(watch->source);
    }
    watch->source = NULL;
}

static gboolean report_end(gpointer data)
{
    OsProcess *process = data;
    OsProcessEnd end = os_process_end(process);

    stop_waiting(&process->watch);
    process->watch.ended(process, &end, process->watch.data);
    return G_SOURCE_REMOVE;
}

/* A wait of the system's pool, as the main loop's own poll is for 64 handles in a thread.  If there
 * is none to be had the end is not known; that is no success. */
void os_process_watch(OsProcess *process, OsProcessEnded ended, gpointer data)
{
    Watch *watch = &process->watch;

    *watch = (Watch){.source = g_idle_source_new(), .ended = ended, .data = data};
    g_source_set_priority(watch->source, G_PRIORITY_DEFAULT);
    g_source_set_callback(watch->source, report_end, process, NULL);
    if (!RegisterWaitForSingleObject(&watch->wait, process->handle, process_ended, watch->source,
                                     INFINITE, WT_EXECUTEONLYONCE))
        g_source_attach(watch->source, NULL);
}

void os_process_free(OsProcess *process)
{
    if (!process)
        return;
    stop_waiting(&process->watch);
    ends_clear(&process->ours);
    os_handle_close(process->handle);
    g_free(process);
}
