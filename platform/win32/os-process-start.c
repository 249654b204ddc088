/* SPDX-License-Identifier: Apache-2.0 */
#include "os-process-start.h"

#include "os-handle.h"

/* A console of its own without a window: Ctrl+C at the agent's is not for it.  A process group of
 * its own would make it deaf to any (MSDN, "Process Creation Flags"). */
#define HOW (CREATE_UNICODE_ENVIRONMENT | CREATE_NO_WINDOW | EXTENDED_STARTUPINFO_PRESENT)

#define ATTRIBUTES_MAX 2u

/* The attributes are only pointed at by the list. */
typedef struct {
    HANDLE inherited[3];
    gsize n_inherited;
    HANDLE job;
    LPPROC_THREAD_ATTRIBUTE_LIST list;
} Attributes;

static void attributes_clear(Attributes *attributes)
{
    if (attributes->list)
        DeleteProcThreadAttributeList(attributes->list);
    g_free(attributes->list);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Attributes, attributes_clear)

/* A handle that is named twice is refused. */
static void add_inherited(Attributes *attributes, HANDLE handle)
{
    for (gsize i = 0; i < attributes->n_inherited; i++)
        if (attributes->inherited[i] == handle)
            return;
    attributes->inherited[attributes->n_inherited++] = handle;
}

static gboolean make_list(Attributes *attributes)
{
    SIZE_T size = 0;

    InitializeProcThreadAttributeList(NULL, ATTRIBUTES_MAX, 0, &size);
    g_autofree gpointer memory = g_malloc0(size);
    if (!InitializeProcThreadAttributeList(memory, ATTRIBUTES_MAX, 0, &size))
        return FALSE;
    attributes->list = g_steal_pointer(&memory);
    return TRUE;
}

static gboolean fill_list(Attributes *attributes)
{
    if (!UpdateProcThreadAttribute(attributes->list, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST,
                                   attributes->inherited, attributes->n_inherited * sizeof(HANDLE),
                                   NULL, NULL))
        return FALSE;
    return !attributes->job ||
           UpdateProcThreadAttribute(attributes->list, 0, PROC_THREAD_ATTRIBUTE_JOB_LIST,
                                     &attributes->job, sizeof(HANDLE), NULL, NULL);
}

/* It may write to the command line it is given, hence a copy. */
static HANDLE create(const OsProcessStart *start, const Attributes *attributes, DWORD how)
{
    STARTUPINFOEXW startup = {
        .StartupInfo =
            {
                .cb = sizeof startup,
                .dwFlags = STARTF_USESTDHANDLES,
                .hStdInput = start->standard[0],
                .hStdOutput = start->standard[1],
                .hStdError = start->standard[2],
            },
        .lpAttributeList = attributes->list,
    };
    gsize units = wcslen(start->program->line) + 1;
    g_autofree wchar_t *line = g_memdup2(start->program->line, units * sizeof(wchar_t));
    PROCESS_INFORMATION info = {0};

    if (!CreateProcessW(start->program->path, line, NULL, NULL, TRUE, how, start->environment, NULL,
                        &startup.StartupInfo, &info))
        return NULL;
    CloseHandle(info.hThread);
    return info.hProcess;
}

/* Out of the agent's job, if it is in one, so that its end is not the program's; a job may forbid
 * that. */
static HANDLE create_outside(const OsProcessStart *start, const Attributes *attributes)
{
    HANDLE process = create(start, attributes, HOW | CREATE_BREAKAWAY_FROM_JOB);

    if (!process && GetLastError() == ERROR_ACCESS_DENIED)
        process = create(start, attributes, HOW);
    return process;
}

HANDLE os_process_start(const OsProcessStart *start, DWORD *code)
{
    g_auto(Attributes) attributes = {.job = start->job};
    HANDLE process = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(start->standard); i++)
        add_inherited(&attributes, start->standard[i]);
    if (make_list(&attributes) && fill_list(&attributes))
        process = start->job ? create(start, &attributes, HOW) : create_outside(start, &attributes);
    *code = GetLastError();
    return process;
}
