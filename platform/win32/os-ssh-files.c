/* SPDX-License-Identifier: Apache-2.0 */
#include "os-ssh-files.h"

#include "os-handle.h"
#include "os-ssh-access.h"
#include "os-ssh-at.h"

#include <string.h>
#include <wchar.h>

#define LOOK  (FILE_READ_ATTRIBUTES | READ_CONTROL)
#define CHUNK 65536u /* bytes */

/* Everybody else may go on using it, but not rename or remove it. */
#define STAYS (FILE_SHARE_READ | FILE_SHARE_WRITE)
#define ALL   (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

static gboolean fail(DWORD code)
{
    SetLastError(code);
    return FALSE;
}

/* The administrator's: links on the way to it are followed.  But the last step is the user's own
 * profile, which is theirs to make a junction of. */
static HANDLE open_root(const OsSshPlace *place)
{
    if (!place->root) {
        SetLastError(OS_SSH_NO_PROFILE);
        return NULL;
    }
    g_auto(OsHandle) root =
        CreateFileW(place->root, FILE_READ_ATTRIBUTES | FILE_TRAVERSE, STAYS, NULL, OPEN_EXISTING,
                    FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, NULL);
    if (!os_handle_is_valid(root) || !os_ssh_at_is_kind(root, TRUE))
        return NULL;
    return os_handle_steal(&root);
}

static HANDLE open_directory(const OsSshPlace *place, HANDLE root, ULONG disposition)
{
    gboolean may_make = disposition != FILE_OPEN;
    PSECURITY_DESCRIPTOR descriptor = may_make ? os_ssh_descriptor((PSID)place->owner, TRUE) : NULL;
    if (may_make && !descriptor)
        return NULL;

    g_auto(OsHandle) directory = os_ssh_at_open(root, place->directory, LOOK | FILE_TRAVERSE, STAYS,
                                                disposition, FILE_DIRECTORY_FILE, descriptor);
    LocalFree(descriptor);
    if (!directory || !os_ssh_at_is_kind(directory, TRUE) ||
        !os_ssh_at_is_in(directory, root, place->directory) ||
        !os_ssh_is_owned(directory, (PSID)place->owner))
        return NULL;
    return os_handle_steal(&directory);
}

static HANDLE open_file(const OsSshPlace *place, HANDLE directory, ACCESS_MASK access, ULONG share)
{
    g_auto(OsHandle) file =
        os_ssh_at_open(directory, place->file, LOOK | access, share, FILE_OPEN, 0, NULL);

    if (!file || !os_ssh_at_is_kind(file, FALSE) ||
        !os_ssh_at_is_in(file, directory, place->file) ||
        !os_ssh_is_owned(file, (PSID)place->owner))
        return NULL;
    return os_handle_steal(&file);
}

static gboolean look(HANDLE file, OsSshSeen *seen)
{
    FILE_BASIC_INFO basic;
    FILE_STANDARD_INFO standard;

    if (!GetFileInformationByHandleEx(file, FileIdInfo, &seen->id, sizeof seen->id) ||
        !GetFileInformationByHandleEx(file, FileBasicInfo, &basic, sizeof basic) ||
        !GetFileInformationByHandleEx(file, FileStandardInfo, &standard, sizeof standard))
        return FALSE;
    seen->size = standard.EndOfFile;
    seen->written = basic.LastWriteTime;
    seen->changed = basic.ChangeTime;
    seen->looked = seen->exists = TRUE;
    return TRUE;
}

static gboolean is_same(const OsSshSeen *a, const OsSshSeen *b)
{
    return memcmp(&a->id, &b->id, sizeof a->id) == 0 && a->size.QuadPart == b->size.QuadPart &&
           a->written.QuadPart == b->written.QuadPart && a->changed.QuadPart == b->changed.QuadPart;
}

static gboolean read_text(HANDLE file, GByteArray *text)
{
    guint before = text->len;
    DWORD got = 1;

    while (got > 0 && text->len - before <= OS_SSH_TEXT_MAX) {
        guint end = text->len;
        g_byte_array_set_size(text, end + CHUNK);
        BOOL done = ReadFile(file, text->data + end, CHUNK, &got, NULL);
        g_byte_array_set_size(text, end + (done ? got : 0));
        if (!done)
            return FALSE;
    }
    return text->len - before <= OS_SSH_TEXT_MAX || fail(OS_SSH_TOO_LARGE);
}

static gboolean is_missing(void)
{
    DWORD code = GetLastError();
    return code == ERROR_FILE_NOT_FOUND || code == ERROR_PATH_NOT_FOUND ||
           code == OS_SSH_NO_PROFILE;
}

OsSshStep os_ssh_files_read(const OsSshPlace *place, OsSshSeen *seen, GByteArray *text)
{
    *seen = (OsSshSeen){0};
    g_auto(OsHandle) root = open_root(place);
    g_auto(OsHandle) directory = root ? open_directory(place, root, FILE_OPEN) : NULL;
    if (!directory && !is_missing())
        return OS_SSH_OPENING_DIRECTORY;

    g_auto(OsHandle) file = directory ? open_file(place, directory, FILE_READ_DATA, ALL) : NULL;
    seen->looked = file || is_missing();
    return file && look(file, seen) && read_text(file, text) ? OS_SSH_DONE : OS_SSH_READING;
}

/* What is there now, kept as it is until the handle is closed: writers are kept out, other agents
 * too, for they ask to write.  *@old NULL: there is none, and shall be none. */
static gboolean hold_old(const OsSshPlace *place, HANDLE directory, const OsSshSeen *seen,
                         HANDLE *old)
{
    OsSshSeen now = {0};
    g_auto(OsHandle) file = open_file(place, directory, FILE_READ_DATA | FILE_WRITE_DATA,
                                      FILE_SHARE_READ | FILE_SHARE_DELETE);

    if (!file && GetLastError() == ERROR_SHARING_VIOLATION)
        return fail(OS_SSH_CHANGED);
    if (!file && !is_missing())
        return FALSE;
    if (file && !look(file, &now))
        return FALSE;
    if (seen->looked && (seen->exists != now.exists || (now.exists && !is_same(seen, &now))))
        return fail(OS_SSH_CHANGED);
    *old = os_handle_steal(&file);
    return TRUE;
}

static gboolean write_text(HANDLE file, const guint8 *text, gsize length)
{
    for (gsize done = 0; done < length;) {
        DWORD put = 0;
        if (!WriteFile(file, text + done, (DWORD)(length - done), &put, NULL))
            return FALSE;
        done += put;
    }
    return FlushFileBuffers(file);
}

/* Empty, in the directory, with its final owner and rights. */
static HANDLE make_new(const OsSshPlace *place, HANDLE directory)
{
    PSECURITY_DESCRIPTOR descriptor = os_ssh_descriptor((PSID)place->owner, FALSE);
    g_autofree char *random = g_uuid_string_random();
    wchar_t name[64];

    if (!descriptor)
        return NULL;
    _snwprintf(name, G_N_ELEMENTS(name), L".%ls.%hs", place->file, random);
    name[G_N_ELEMENTS(name) - 1] = L'\0';
    g_auto(OsHandle) file =
        os_ssh_at_open(directory, name, LOOK | FILE_WRITE_DATA | FILE_READ_DATA | DELETE,
                       FILE_SHARE_READ, FILE_CREATE, FILE_NON_DIRECTORY_FILE, descriptor);
    LocalFree(descriptor);
    if (file && !os_ssh_at_is_in(file, directory, name)) {
        os_ssh_at_remove(file);
        return NULL;
    }
    return os_handle_steal(&file);
}

static gboolean put_file(const OsSshPlace *place, HANDLE directory, HANDLE *old, const void *text,
                         gsize length)
{
    g_auto(OsHandle) file = make_new(place, directory);

    if (!file)
        return FALSE;
    if (write_text(file, text, length) && os_ssh_at_rename(file, directory, place->file, old))
        return TRUE;
    os_ssh_at_remove(file);
    return FALSE;
}

static OsSshStep replace(const OsSshPlace *place, const OsSshSeen *seen, const void *text,
                         gsize length)
{
    g_auto(OsHandle) root = open_root(place);
    g_auto(OsHandle) directory = root ? open_directory(place, root, FILE_OPEN_IF) : NULL;
    g_auto(OsHandle) old = NULL;

    if (!directory)
        return root && !is_missing() ? OS_SSH_OPENING_DIRECTORY : OS_SSH_MAKING_DIRECTORY;
    if (!hold_old(place, directory, seen, &old) || !put_file(place, directory, &old, text, length))
        return OS_SSH_WRITING;
    return OS_SSH_DONE;
}

OsSshStep os_ssh_files_replace(const OsSshPlace *place, const OsSshSeen *seen, const void *text,
                               gsize length)
{
    os_ssh_begin_giving();
    OsSshStep step = replace(place, seen, text, length);
    os_ssh_end_giving();
    return step;
}
