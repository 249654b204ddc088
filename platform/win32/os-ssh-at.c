/* SPDX-License-Identifier: Apache-2.0 */
#include "os-ssh-at.h"

#include "os-handle.h"
#include "os-ssh-files.h"

#include <string.h>

#define PATH_UNITS 32768u /* UTF-16 units of the longest path there is */

/* MSDN, "FILE_INFORMATION_CLASS"; winternl.h has the first one only. */
#define RENAME_CLASS    ((FILE_INFORMATION_CLASS)10)
#define RENAME_EX_CLASS ((FILE_INFORMATION_CLASS)65) /* Windows 10 1607, NTFS */

/* ntstatus.h cannot be included with windows.h */
#define NT_SUCCESS_ALONE         ((NTSTATUS)0)
#define NT_OPLOCK_BREAK_PROGRESS ((NTSTATUS)0x00000108)

static gboolean fail(DWORD code)
{
    SetLastError(code);
    return FALSE;
}

HANDLE os_ssh_at_open(HANDLE parent, const wchar_t *name, ACCESS_MASK access, ULONG share,
                      ULONG disposition, ULONG options, PSECURITY_DESCRIPTOR descriptor)
{
    g_auto(OsHandle) handle = NULL;
    IO_STATUS_BLOCK io;
    UNICODE_STRING text;
    OBJECT_ATTRIBUTES attributes;

    RtlInitUnicodeString(&text, name);
    InitializeObjectAttributes(&attributes, &text, OBJ_CASE_INSENSITIVE, parent, descriptor);
    NTSTATUS status = NtCreateFile(&handle, access | SYNCHRONIZE, &attributes, &io, NULL,
                                   FILE_ATTRIBUTE_NORMAL, share, disposition,
                                   options | FILE_SYNCHRONOUS_IO_NONALERT |
                                       FILE_OPEN_REPARSE_POINT | FILE_COMPLETE_IF_OPLOCKED,
                                   NULL, 0);
    if (status == NT_SUCCESS_ALONE)
        return os_handle_steal(&handle);
    if (status < 0)
        handle = NULL;
    SetLastError(status == NT_OPLOCK_BREAK_PROGRESS ? OS_SSH_HELD : RtlNtStatusToDosError(status));
    return NULL;
}

gboolean os_ssh_at_is_kind(HANDLE handle, gboolean directory)
{
    FILE_ATTRIBUTE_TAG_INFO tag;
    FILE_STANDARD_INFO standard;

    if (!GetFileInformationByHandleEx(handle, FileAttributeTagInfo, &tag, sizeof tag) ||
        !GetFileInformationByHandleEx(handle, FileStandardInfo, &standard, sizeof standard))
        return FALSE;
    if (tag.FileAttributes & FILE_ATTRIBUTE_REPARSE_POINT)
        return fail(OS_SSH_IS_LINK);
    if (directory)
        return standard.Directory || fail(ERROR_DIRECTORY);
    if (standard.Directory || GetFileType(handle) != FILE_TYPE_DISK)
        return fail(OS_SSH_NOT_REGULAR);
    return standard.NumberOfLinks <= 1 || fail(OS_SSH_HAS_NAMES);
}

static wchar_t *final_path(HANDLE handle)
{
    g_autofree wchar_t *path = g_new(wchar_t, PATH_UNITS);
    DWORD length = GetFinalPathNameByHandleW(handle, path, PATH_UNITS, VOLUME_NAME_NT);
    return length > 0 && length < PATH_UNITS ? g_steal_pointer(&path) : NULL;
}

gboolean os_ssh_at_is_in(HANDLE handle, HANDLE parent, const wchar_t *name)
{
    g_autofree wchar_t *path = final_path(handle);
    g_autofree wchar_t *above = path ? final_path(parent) : NULL;
    if (!above)
        return FALSE;

    gsize length = wcslen(above);
    gboolean below = wcsncmp(path, above, length) == 0 && path[length] == L'\\' &&
                     CompareStringOrdinal(path + length + 1, -1, name, -1, TRUE) == CSTR_EQUAL;
    return below || fail(OS_SSH_IS_LINK);
}

/* Both classes take the same structure but for its first member. */
static gboolean rename_by(FILE_INFORMATION_CLASS class, DWORD flags, HANDLE file, HANDLE directory,
                          const wchar_t *name)
{
    IO_STATUS_BLOCK io;
    gsize bytes = wcslen(name) * sizeof *name;
    gsize size = sizeof(FILE_RENAME_INFO) + bytes;
    g_autofree FILE_RENAME_INFO *info = g_malloc0(size);

    if (class == RENAME_EX_CLASS)
        info->Flags = flags;
    else
        info->ReplaceIfExists = (flags & FILE_RENAME_FLAG_REPLACE_IF_EXISTS) != 0;
    info->RootDirectory = directory;
    info->FileNameLength = (DWORD)bytes;
    memcpy(info->FileName, name, bytes);
    NTSTATUS status = NtSetInformationFile(file, &io, info, (ULONG)size, class);
    return status >= 0 || fail(RtlNtStatusToDosError(status));
}

/* The first way replaces a file that is open, so that it can be held until then.  By the second one
 * there is a moment in which somebody else may change it; that change is lost. */
gboolean os_ssh_at_rename(HANDLE file, HANDLE directory, const wchar_t *name, HANDLE *old)
{
    DWORD flags = *old ? FILE_RENAME_FLAG_REPLACE_IF_EXISTS : 0;

    if (rename_by(RENAME_EX_CLASS, flags | FILE_RENAME_FLAG_POSIX_SEMANTICS, file, directory, name))
        return TRUE;
    os_handle_close(os_handle_steal(old));
    if (rename_by(RENAME_CLASS, flags, file, directory, name))
        return TRUE;
    if (GetLastError() == ERROR_ALREADY_EXISTS || GetLastError() == ERROR_SHARING_VIOLATION)
        return fail(ERROR_BUSY);
    return FALSE;
}

void os_ssh_at_remove(HANDLE file)
{
    DWORD code = GetLastError();
    FILE_DISPOSITION_INFO disposition = {.DeleteFile = TRUE};

    SetFileInformationByHandle(file, FileDispositionInfo, &disposition, sizeof disposition);
    SetLastError(code);
}
