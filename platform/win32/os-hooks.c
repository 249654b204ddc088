/* SPDX-License-Identifier: Apache-2.0 */
#include "os-hooks.h"

#include <gio/gio.h>
#include <string.h>
#include <windows.h>

#include <aclapi.h>

#include "os-error-alone.h"
#include "os-file-path.h"
#include "os-handle.h"
#include "os-hook-access.h"
#include "os-utf16.h"

/* Units of "C:\" */
#define ROOT_UNITS 3u

/* What a token says of its user; a SID is at most 68 bytes. */
typedef union {
    TOKEN_USER user;
    BYTE bytes[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
} Own;

/* On the way to a hook, down from the root: nobody can put another in its place once every
 * directory has been found safe. */
typedef struct {
    const char *hook; /* as it was asked for */
    Own own;          /* the user the agent runs as */
    DWORD attributes; /* of what was looked at last */
} Walk;

static gboolean refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
static gboolean refuse(GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, message);
    return FALSE;
}

static gboolean fail_to_look(const Walk *walk, DWORD code, GError **error)
{
    os_error_alone(error, code);
    g_prefix_error(error, "failed to look at hook '%s': ", walk->hook);
    return FALSE;
}

static gboolean read_own(Walk *walk, GError **error)
{
    g_auto(OsHandle) token = NULL;
    DWORD size;

    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token) ||
        !GetTokenInformation(token, TokenUser, &walk->own, sizeof walk->own, &size))
        return fail_to_look(walk, GetLastError(), error);
    return TRUE;
}

/* A link is not followed but shows itself as one. */
static HANDLE open_to_look(const wchar_t *path)
{
    return CreateFileW(path, READ_CONTROL | FILE_READ_ATTRIBUTES,
                       FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING,
                       FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, NULL);
}

static gboolean judge_access(const Walk *walk, HANDLE handle, OsHookPlace place, const char *what,
                             GError **error)
{
    PSECURITY_DESCRIPTOR descriptor = NULL;
    DWORD code = GetSecurityInfo(handle, SE_FILE_OBJECT,
                                 OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, NULL, NULL,
                                 NULL, NULL, &descriptor);
    if (code != ERROR_SUCCESS)
        return fail_to_look(walk, code, error);

    gboolean safe = os_hook_access_check(descriptor, walk->own.user.User.Sid, place, what, error);
    LocalFree(descriptor);
    return safe;
}

/* Links of any kind are refused: a junction needs no rights to make, and what it leads to would
 * have to be judged in turn. */
static gboolean judge(Walk *walk, const wchar_t *path, OsHookPlace place, const char *what,
                      GError **error)
{
    g_auto(OsHandle) handle = open_to_look(path);
    BY_HANDLE_FILE_INFORMATION info;

    if (!os_handle_is_valid(handle) || !GetFileInformationByHandle(handle, &info))
        return fail_to_look(walk, GetLastError(), error);
    walk->attributes = info.dwFileAttributes;
    if (info.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT)
        return refuse(error, "%s is a link", what);
    return judge_access(walk, handle, place, what, error);
}

static gboolean judge_directory(Walk *walk, const wchar_t *path, gsize length, gboolean is_last,
                                GError **error)
{
    g_autofree wchar_t *part = g_memdup2(path, (length + 1) * sizeof(wchar_t));
    part[length] = 0;
    g_autofree char *name = os_utf8(part);
    g_autofree char *what = g_strdup_printf("directory '%s' of hook '%s'", name, walk->hook);

    if (!judge(walk, part, is_last ? OS_HOOK_DIRECTORY : OS_HOOK_ANCESTOR, what, error))
        return FALSE;
    if (!(walk->attributes & FILE_ATTRIBUTE_DIRECTORY))
        return fail_to_look(walk, ERROR_DIRECTORY, error);
    return TRUE;
}

static gboolean judge_directories(Walk *walk, const wchar_t *path, GError **error)
{
    const wchar_t *next = path + ROOT_UNITS;
    gsize length = ROOT_UNITS;

    for (; (next = wcschr(next, L'\\')); length = (gsize)(next++ - path))
        if (!judge_directory(walk, path, length, FALSE, error))
            return FALSE;
    return judge_directory(walk, path, length, TRUE, error);
}

static gboolean is_executable(const char *name)
{
    static const char *const endings[] = {".exe", ".cmd", ".bat"};
    g_autofree char *lower = g_ascii_strdown(name, -1);

    for (guint i = 0; i < G_N_ELEMENTS(endings); i++)
        if (g_str_has_suffix(lower, endings[i]))
            return TRUE;
    return FALSE;
}

/* "C:\x", and no stream of a file ("C:\x:y") behind it. */
static gboolean is_absolute(const char *path)
{
    return g_ascii_isalpha(path[0]) && path[1] == ':' && (path[2] == '\\' || path[2] == '/') &&
           !strchr(path + 2, ':');
}

/* What access lists of another machine are worth is not ours to know. */
static gboolean is_remote(const wchar_t *path)
{
    const wchar_t root[] = {path[0], L':', L'\\', 0};
    return GetDriveTypeW(root) == DRIVE_REMOTE;
}

static gboolean judge_path(Walk *walk, const char *what, GError **error)
{
    g_autofree wchar_t *wide = os_file_path(walk->hook, error);

    if (!wide)
        return FALSE;
    if (wcslen(wide) < ROOT_UNITS || wide[1] != L':' || is_remote(wide))
        return refuse(error, "%s is not on a disk of this machine", what);
    if (!judge_directories(walk, wide, error))
        return FALSE;
    return judge(walk, wide, OS_HOOK_FILE, what, error);
}

gboolean os_hook_check(const char *path, GError **error)
{
    Walk walk = {.hook = path};
    g_autofree char *what = g_strdup_printf("hook '%s'", path);

    if (!is_absolute(path))
        return refuse(error, "%s is not an absolute path", what);
    if (!read_own(&walk, error) || !judge_path(&walk, what, error))
        return FALSE;
    if (walk.attributes & (FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_DEVICE))
        return refuse(error, "%s is not a regular file", what);
    return is_executable(path) || refuse(error, "%s is not executable", what);
}

/* No leftover of an editor ends like what can be executed. */
static gboolean may_run(const WIN32_FIND_DATAW *found, const char *name)
{
    return *name != '.' && !(found->dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) &&
           is_executable(name);
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Why it has ended; a list that breaks off would leave hooks out. */
static DWORD take_names(HANDLE search, WIN32_FIND_DATAW *found, GPtrArray *names)
{
    do {
        g_autofree char *name = os_utf8(found->cFileName);
        if (may_run(found, name))
            g_ptr_array_add(names, g_steal_pointer(&name));
    } while (FindNextFileW(search, found));
    DWORD code = GetLastError();
    g_ptr_array_sort(names, by_name);
    return code;
}

/* Why there are no more, as a Windows error; a file has nothing below it and is no missing
 * directory. */
static DWORD take_all_names(const wchar_t *directory, const wchar_t *pattern, GPtrArray *names)
{
    DWORD attributes = GetFileAttributesW(directory);
    WIN32_FIND_DATAW found;

    if (attributes != INVALID_FILE_ATTRIBUTES && !(attributes & FILE_ATTRIBUTE_DIRECTORY))
        return ERROR_DIRECTORY;
    HANDLE search = FindFirstFileW(pattern, &found);
    if (search == INVALID_HANDLE_VALUE)
        return GetLastError();
    DWORD code = take_names(search, &found, names);
    FindClose(search);
    return code;
}

static gboolean is_failure(DWORD code)
{
    return code != ERROR_NO_MORE_FILES && code != ERROR_FILE_NOT_FOUND &&
           code != ERROR_PATH_NOT_FOUND;
}

static GPtrArray *list_names(const char *directory, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *pattern = g_build_filename(directory, "*", NULL);
    g_autofree wchar_t *where = os_file_path(directory, error);
    g_autofree wchar_t *all = where ? os_file_path(pattern, error) : NULL;
    if (!all)
        return NULL;

    DWORD code = take_all_names(where, all, names);
    if (!is_failure(code))
        return g_steal_pointer(&names);
    os_error_code(error, (int)code, "failed to look for hooks in '%s'", directory);
    return NULL;
}

GPtrArray *os_hooks_list(const char *directory, GError **error)
{
    g_autoptr(GPtrArray) names = list_names(directory, error);
    g_autoptr(GPtrArray) hooks = g_ptr_array_new_with_free_func(g_free);
    if (!names)
        return NULL;

    for (guint i = 0; i < names->len; i++) {
        g_autofree char *path = g_build_filename(directory, g_ptr_array_index(names, i), NULL);
        if (!os_hook_check(path, error))
            return NULL;
        g_ptr_array_add(hooks, g_steal_pointer(&path));
    }
    return g_steal_pointer(&hooks);
}
