/* SPDX-License-Identifier: Apache-2.0 */
#include "os-pipe.h"

#include "os-error.h"
#include "os-handle.h"
#include "os-stream-handle.h"
#include "os-utf16.h"

#include <sddl.h>

/* What a pipe holds before a writer has to wait; Windows takes it as advice. */
#define PIPE_SIZE (64u << 10)

/* SDDL, MSDN "Security Descriptor String Format": P keeps inherited entries out. */
#define SYSTEM_AND_ADMINISTRATORS "D:P(A;;GA;;;SY)(A;;GA;;;BA)"

/* Whether one of the groups that have access anyway is enabled in our token. */
static gboolean has_access(void)
{
    static const WELL_KNOWN_SID_TYPE groups[] = {WinLocalSystemSid, WinBuiltinAdministratorsSid};

    for (gsize i = 0; i < G_N_ELEMENTS(groups); i++) {
        BYTE sid[SECURITY_MAX_SID_SIZE];
        DWORD size = sizeof sid;
        BOOL member = FALSE;
        if (CreateWellKnownSid(groups[i], NULL, sid, &size) &&
            CheckTokenMembership(NULL, sid, &member) && member)
            return TRUE;
    }
    return FALSE;
}

/* "S-1-5-21-..." of the process's user; NULL and the last error. */
static char *own_user(void)
{
    g_auto(OsHandle) token = NULL;
    union {
        TOKEN_USER user;
        BYTE space[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
    } about;
    DWORD size = sizeof about;
    wchar_t *text = NULL;

    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token) ||
        !GetTokenInformation(token, TokenUser, &about, size, &size) ||
        !ConvertSidToStringSidW(about.user.User.Sid, &text))
        return NULL;
    char *sid = os_utf8(text);
    LocalFree(text);
    return sid;
}

OsPipeAccess os_pipe_access(GError **error)
{
    g_autofree char *user = has_access() ? g_strdup("") : own_user();
    OsPipeAccess access = NULL;

    if (!user)
        return os_error_null(error, "failed to find out whose this process is");
    g_autofree char *text = *user ? g_strdup_printf(SYSTEM_AND_ADMINISTRATORS "(A;;GA;;;%s)", user)
                                  : g_strdup(SYSTEM_AND_ADMINISTRATORS);
    g_autofree wchar_t *wide = os_utf16(text, error);
    if (!wide)
        return NULL;
    if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(wide, SDDL_REVISION_1, &access, NULL))
        return os_error_null(error, "failed to make the access rights of a pipe");
    return access;
}

HANDLE os_pipe_instance(const wchar_t *name, DWORD direction, gboolean first, DWORD max_instances,
                        OsPipeAccess access)
{
    SECURITY_ATTRIBUTES security = {sizeof security, access, FALSE};
    DWORD mode = direction | FILE_FLAG_OVERLAPPED | (first ? FILE_FLAG_FIRST_PIPE_INSTANCE : 0);
    HANDLE pipe = CreateNamedPipeW(
        name, mode, PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS,
        max_instances, PIPE_SIZE, PIPE_SIZE, 0, &security);
    return pipe == INVALID_HANDLE_VALUE ? NULL : pipe;
}

static wchar_t *unique_name(GError **error)
{
    g_autofree char *unique = g_uuid_string_random();
    g_autofree char *name =
        g_strdup_printf("\\\\.\\pipe\\virtagent-%lu-%s", GetCurrentProcessId(), unique);
    return os_utf16(name, error);
}

/* The access CreatePipe() gives: runtimes ask for the state of the pipe they write to and set that
 * of the one they read from. */
static DWORD child_access(gboolean it_reads)
{
    return it_reads ? GENERIC_READ | FILE_WRITE_ATTRIBUTES : GENERIC_WRITE | FILE_READ_ATTRIBUTES;
}

gboolean os_stream_pipe(gboolean we_write, HANDLE *ours, HANDLE *theirs, GError **error)
{
    SECURITY_ATTRIBUTES inheritable = {sizeof inheritable, NULL, TRUE};
    DWORD direction = we_write ? PIPE_ACCESS_OUTBOUND : PIPE_ACCESS_INBOUND;
    g_auto(OsPipeAccess) access = os_pipe_access(error);
    g_autofree wchar_t *name = access ? unique_name(error) : NULL;

    if (!name)
        return FALSE;
    g_auto(OsHandle) here = os_pipe_instance(name, direction, TRUE, 1, access);
    if (!here)
        return os_error(error, "failed to create a pipe");
    g_auto(OsHandle) there = CreateFileW(name, child_access(we_write), 0, &inheritable,
                                         OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
    if (!os_handle_is_valid(there))
        return os_error(error, "failed to open a pipe");
    *ours = os_handle_steal(&here);
    *theirs = os_handle_steal(&there);
    return TRUE;
}
