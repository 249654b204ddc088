/* SPDX-License-Identifier: Apache-2.0 */
#include "os-file.h"

#include <gio/gio.h>
#include <windows.h>

#include "os-error-alone.h"
#include "os-file-path.h"
#include "os-handle.h"

/* Moved by one call of the system, bytes: more than that can exhaust what a driver locks of it. */
#define CHUNK_MAX ((gsize)16 * 1024 * 1024)

/* Milliseconds that a serial line may be unable to take a byte. */
#define SERIAL_PATIENCE 1000u

/* Other programs may go on with the file whatever the agent does with it, as on POSIX. */
#define SHARE_ALL (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

typedef enum {
    KIND_DISK, /* files and block devices: they have their bytes */
    KIND_DIRECTORY,
    KIND_PIPE,
    KIND_CONSOLE,
    KIND_SERIAL,
    KIND_OTHER, /* the null device */
} Kind;

struct OsFile {
    HANDLE handle;
    Kind kind;
};

/* MSDN, "File Security and Access Rights": without FILE_WRITE_DATA every write goes to the end. */
static DWORD access_rights(OsFileFlags flags)
{
    DWORD rights = flags & OS_FILE_READ ? GENERIC_READ : 0;

    if (flags & OS_FILE_APPEND)
        rights |= FILE_GENERIC_WRITE & ~(DWORD)FILE_WRITE_DATA;
    else if (flags & OS_FILE_WRITE)
        rights |= GENERIC_WRITE;
    return rights;
}

/* Of a pipe the right to append is that to serve it, and not to write; it has one end anyway.  Nor
 * can it be made by opening it (MSDN, "CreateFileW"). */
static OsFileFlags flags_for(const wchar_t *path, OsFileFlags flags)
{
    static const wchar_t pipes[] = L"\\\\.\\pipe\\";
    gboolean is_pipe = _wcsnicmp(path, pipes, wcslen(pipes)) == 0;

    return is_pipe ? flags & ~(OsFileFlags)(OS_FILE_APPEND | OS_FILE_CREATE) : flags;
}

/* A pipe's server learns who the agent is but cannot act in its name.  Only with backup semantics
 * does a directory open. */
static HANDLE open_handle(const wchar_t *path, OsFileFlags flags)
{
    DWORD how = flags & OS_FILE_CREATE ? OPEN_ALWAYS : OPEN_EXISTING;
    DWORD attributes = FILE_ATTRIBUTE_NORMAL | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION |
                       (flags & OS_FILE_WRITE ? 0 : FILE_FLAG_BACKUP_SEMANTICS);

    return CreateFileW(path, access_rights(flags), SHARE_ALL, NULL, how, attributes, NULL);
}

static gboolean is_directory(HANDLE handle)
{
    BY_HANDLE_FILE_INFORMATION info;
    return GetFileInformationByHandle(handle, &info) &&
           (info.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY);
}

static Kind look_at_kind(HANDLE handle)
{
    DWORD mode;
    COMMTIMEOUTS timeouts;

    switch (GetFileType(handle)) {
    case FILE_TYPE_DISK:
        return is_directory(handle) ? KIND_DIRECTORY : KIND_DISK;
    case FILE_TYPE_PIPE:
        return KIND_PIPE;
    default:
        if (GetConsoleMode(handle, &mode))
            return KIND_CONSOLE;
        return GetCommTimeouts(handle, &timeouts) ? KIND_SERIAL : KIND_OTHER;
    }
}

/* So that a full pipe takes what fits, and a serial line gives what is there.  A pipe that is open
 * for reading alone does not grant it (FILE_WRITE_ATTRIBUTES): reading looks first. */
static void do_not_wait(HANDLE handle, Kind kind)
{
    DWORD no_wait = PIPE_READMODE_BYTE | PIPE_NOWAIT;
    COMMTIMEOUTS timeouts = {
        .ReadIntervalTimeout = MAXDWORD, /* with zeros: what is there, at once */
        .WriteTotalTimeoutConstant = SERIAL_PATIENCE,
    };

    if (kind == KIND_PIPE)
        SetNamedPipeHandleState(handle, &no_wait, NULL, NULL);
    else if (kind == KIND_SERIAL)
        SetCommTimeouts(handle, &timeouts);
}

/* Not by CREATE_ALWAYS, which refuses hidden files and drops attributes and streams.  What has no
 * size (a device) has none to lose. */
static gboolean truncate_now(HANDLE handle)
{
    LARGE_INTEGER size;
    return !GetFileSizeEx(handle, &size) || size.QuadPart == 0 || SetEndOfFile(handle);
}

OsFile *os_file_open(const char *path, OsFileFlags flags, GError **error)
{
    g_autofree wchar_t *wide = os_file_path(path, error);
    if (!wide)
        return NULL;

    g_auto(OsHandle) handle = open_handle(wide, flags_for(wide, flags));
    if (!os_handle_is_valid(handle))
        return os_error_alone_null(error, GetLastError());
    Kind kind = look_at_kind(handle);
    if ((flags & OS_FILE_TRUNCATE) && kind == KIND_DISK && !truncate_now(handle))
        return os_error_alone_null(error, GetLastError());
    do_not_wait(handle, kind);

    OsFile *file = g_new0(OsFile, 1);
    file->handle = os_handle_steal(&handle);
    file->kind = kind;
    return file;
}

gboolean os_file_is_regular(OsFile *file)
{
    return file->kind == KIND_DISK;
}

static gboolean seek(HANDLE handle, gint64 offset, DWORD from, gint64 *position)
{
    LARGE_INTEGER to = {.QuadPart = offset}, result;

    if (!SetFilePointerEx(handle, to, &result, from))
        return FALSE;
    *position = result.QuadPart;
    return TRUE;
}

guint64 os_file_remaining(OsFile *file)
{
    LARGE_INTEGER size;
    gint64 position;

    if (file->kind != KIND_DISK || !GetFileSizeEx(file->handle, &size) ||
        !seek(file->handle, 0, FILE_CURRENT, &position))
        return 0;
    return position < size.QuadPart ? (guint64)(size.QuadPart - position) : 0;
}

/* In the words of POSIX: Windows has none for it. */
static gboolean would_block(GError **error, const char *what)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "%s: Resource temporarily unavailable",
                what);
    return FALSE;
}

/* What the end of a file or of a pipe's other side is called. */
static gboolean is_end(DWORD code)
{
    return code == ERROR_HANDLE_EOF || code == ERROR_BROKEN_PIPE ||
           code == ERROR_PIPE_NOT_CONNECTED;
}

/* Whether reading would have to wait: for a pipe that has a writer but no bytes, and for whoever
 * sits at a console. */
static gboolean has_nothing_yet(const OsFile *file)
{
    DWORD there;

    if (file->kind == KIND_PIPE)
        return PeekNamedPipe(file->handle, NULL, 0, NULL, &there, NULL) && there == 0;
    return file->kind == KIND_CONSOLE;
}

/* ERROR_NO_DATA: somebody else has read what has_nothing_yet() saw in the pipe. */
gboolean os_file_read(OsFile *file, void *buf, gsize len, gsize *got, GError **error)
{
    DWORD n = 0;

    if (has_nothing_yet(file))
        return would_block(error, "failed to read file");
    gboolean done = ReadFile(file->handle, buf, (DWORD)MIN(len, CHUNK_MAX), &n, NULL);
    if (done ? n == 0 && file->kind == KIND_SERIAL : GetLastError() == ERROR_NO_DATA)
        return would_block(error, "failed to read file");
    if (!done && !is_end(GetLastError()))
        return os_error(error, "failed to read file");
    *got = n;
    return TRUE;
}

/* Windows has no way to tell whether a read will wait. */
gboolean os_file_read_at_hand(OsFile *file, void *buf, gsize len)
{
    return FALSE;
}

gboolean os_file_write(OsFile *file, const void *buf, gsize len, gsize *put, GError **error)
{
    DWORD n = 0;

    if (!WriteFile(file->handle, buf, (DWORD)MIN(len, CHUNK_MAX), &n, NULL))
        return os_error(error, "failed to write to file");
    if (n == 0)
        return would_block(error, "failed to write to file");
    *put = n;
    return TRUE;
}

/* Of what has no position, SetFilePointerEx() does not say so reliably (MSDN). */
gboolean os_file_seek(OsFile *file, gint64 offset, OsSeek from, gint64 *position, GError **error)
{
    static const DWORD whence[] = {
        [OS_SEEK_SET] = FILE_BEGIN, [OS_SEEK_CUR] = FILE_CURRENT, [OS_SEEK_END] = FILE_END};

    if (file->kind != KIND_DISK && file->kind != KIND_DIRECTORY)
        return os_error_code(error, ERROR_SEEK_ON_DEVICE, "failed to seek file");
    if (!seek(file->handle, offset, whence[from], position))
        return os_error(error, "failed to seek file");
    return TRUE;
}

/* What is open for reading only, cannot be written to or does not know the request. */
static gboolean cannot_be_synced(DWORD code)
{
    return code == ERROR_ACCESS_DENIED || code == ERROR_WRITE_PROTECT ||
           code == ERROR_INVALID_FUNCTION || code == ERROR_NOT_SUPPORTED;
}

/* Flushing a pipe would wait until its reader has taken everything. */
gboolean os_file_flush(OsFile *file, GError **error)
{
    if (file->kind == KIND_DISK && !FlushFileBuffers(file->handle) &&
        !cannot_be_synced(GetLastError()))
        return os_error(error, "failed to flush file");
    return TRUE;
}

gboolean os_file_close(OsFile *file, GError **error)
{
    if (!file)
        return TRUE;

    gboolean closed = CloseHandle(file->handle) || os_error(error, "failed to close handle");
    g_free(file);
    return closed;
}
