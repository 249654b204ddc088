/* SPDX-License-Identifier: Apache-2.0 */
#include "os-handle.h"
#include "os-ssh-access.h"
#include "os-ssh-at.h"
#include "os-ssh-user.h"
#include "os-utf16.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sddl.h>
#include <string.h>
#include <winioctl.h>

/* In a profile of our own, which belongs to whoever runs the test. */

typedef struct {
    char *top, *home, *dir, *file, *victim;
    BYTE sid[SECURITY_MAX_SID_SIZE];
    OsSshUser *user;
} Place;

static void own_sid(BYTE *sid)
{
    BYTE buffer[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
    g_auto(OsHandle) token = NULL;
    DWORD size;

    g_assert_true(OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token));
    g_assert_true(GetTokenInformation(token, TokenUser, buffer, sizeof buffer, &size));
    g_assert_true(CopySid(SECURITY_MAX_SID_SIZE, sid, ((TOKEN_USER *)(gpointer)buffer)->User.Sid));
}

static OsSshUser *user_at(const char *home, PSID sid)
{
    wchar_t *root = home ? os_utf16(home, NULL) : NULL;
    return os_ssh_user_new(root, L".ssh", L"authorized_keys", sid);
}

static char *make_dir(const char *above, const char *name)
{
    char *path = g_build_filename(above, name, NULL);
    g_assert_no_errno(g_mkdir(path, 0700));
    return path;
}

static void place_make(Place *place, gconstpointer data)
{
    place->top = g_dir_make_tmp("va-ssh-XXXXXX", NULL);
    g_assert_nonnull(place->top);
    place->home = make_dir(place->top, "home");
    place->victim = make_dir(place->top, "victim");
    place->dir = g_build_filename(place->home, ".ssh", NULL);
    place->file = g_build_filename(place->dir, "authorized_keys", NULL);
    own_sid(place->sid);
    place->user = user_at(place->home, place->sid);
}

/* A junction is removed as a directory without looking into it. */
static void remove_tree(const char *path)
{
    g_autofree wchar_t *wide = os_utf16(path, NULL);
    DWORD attributes = GetFileAttributesW(wide);
    const char *name;

    if (attributes == INVALID_FILE_ATTRIBUTES || !(attributes & FILE_ATTRIBUTE_DIRECTORY)) {
        SetFileAttributesW(wide, FILE_ATTRIBUTE_NORMAL);
        DeleteFileW(wide);
        return;
    }
    g_autoptr(GDir) dir =
        attributes & FILE_ATTRIBUTE_REPARSE_POINT ? NULL : g_dir_open(path, 0, NULL);
    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *below = g_build_filename(path, name, NULL);
        remove_tree(below);
    }
    g_clear_pointer(&dir, g_dir_close);
    RemoveDirectoryW(wide);
}

static void place_drop(Place *place, gconstpointer data)
{
    remove_tree(place->top);
    os_ssh_user_free(place->user);
    g_free(place->top);
    g_free(place->home);
    g_free(place->dir);
    g_free(place->file);
    g_free(place->victim);
}

/* In place, as an editor does it. */
static void put_at(const char *path, const char *text, gsize length)
{
    g_autofree wchar_t *wide = os_utf16(path, NULL);
    DWORD put;
    g_auto(OsHandle) file = CreateFileW(wide, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);

    g_assert_true(os_handle_is_valid(file));
    g_assert_true(WriteFile(file, text, (DWORD)length, &put, NULL));
    g_assert_cmpuint(put, ==, length);
}

static void make_text(const Place *place, const char *text)
{
    g_mkdir(place->dir, 0700);
    put_at(place->file, text, strlen(text));
}

static void assert_read(const Place *place, const char *text, gsize length)
{
    g_autoptr(GError) error = NULL;
    gsize got = 0;
    g_autofree char *read = os_ssh_read(place->user, &got, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(got, ==, length);
    g_assert_true(memcmp(read, text, length) == 0);
    g_assert_cmpint(read[got], ==, '\0');
}

static void assert_replace(const Place *place, const char *text)
{
    g_autoptr(GError) error = NULL;

    os_ssh_replace(place->user, text, strlen(text), &error);
    g_assert_no_error(error);
    assert_read(place, text, strlen(text));
}

static void assert_error(GError **error, const char *what, const char *path, int code,
                         const char *why)
{
    g_autofree char *start = g_strdup_printf("failed to %s '%s': ", what, path);

    g_assert_nonnull(*error);
    g_assert_true(g_str_has_prefix((*error)->message, start));
    if (why)
        g_assert_cmpstr((*error)->message + strlen(start), ==, why);
    if (code >= 0)
        g_assert_cmpint((*error)->code, ==, code);
    g_clear_error(error);
}

static void assert_no_read(const Place *place, const char *what, const char *path, int code,
                           const char *why)
{
    g_autoptr(GError) error = NULL;
    gsize length;

    g_assert_null(os_ssh_read(place->user, &length, &error));
    assert_error(&error, what, path, code, why);
}

static void assert_no_replace(const Place *place, const char *what, const char *path, int code,
                              const char *why)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(os_ssh_replace(place->user, "evil", 4, &error));
    assert_error(&error, what, path, code, why);
}

static void assert_content(const char *path, const char *text)
{
    g_autofree char *is = NULL;

    g_assert_true(g_file_get_contents(path, &is, NULL, NULL));
    g_assert_cmpstr(is, ==, text);
}

static guint entries(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    guint n = 0;

    g_assert_nonnull(dir);
    while (g_dir_read_name(dir))
        n++;
    return n;
}

static void test_read(Place *place, gconstpointer data)
{
    static const char text[] = "one\r\n\0two\n\xff";

    make_text(place, "");
    assert_read(place, "", 0);
    put_at(place->file, text, sizeof text);
    assert_read(place, text, sizeof text);
}

static void test_nothing_there(Place *place, gconstpointer data)
{
    assert_no_read(place, "read", place->file, G_IO_ERROR_NOT_FOUND, NULL);
    g_assert_no_errno(g_mkdir(place->dir, 0700));
    assert_no_read(place, "read", place->file, G_IO_ERROR_NOT_FOUND, NULL);
}

static void test_no_home(Place *place, gconstpointer data)
{
    g_assert_no_errno(g_rmdir(place->home));
    assert_no_read(place, "read", place->file, G_IO_ERROR_NOT_FOUND, NULL);
    assert_no_replace(place, "create directory", place->dir, G_IO_ERROR_NOT_FOUND, NULL);
    g_assert_false(g_file_test(place->home, G_FILE_TEST_EXISTS));
}

static void test_no_profile(Place *place, gconstpointer data)
{
    static const char why[] = "the user has no profile, having never logged in";

    os_ssh_user_free(place->user);
    place->user = user_at(NULL, place->sid);
    assert_no_read(place, "read", "%USERPROFILE%\\.ssh\\authorized_keys", G_IO_ERROR_NOT_FOUND,
                   why);
    assert_no_replace(place, "create directory", "%USERPROFILE%\\.ssh", G_IO_ERROR_NOT_FOUND, why);
}

static void test_new_file(Place *place, gconstpointer data)
{
    assert_replace(place, "a\r\nb\n");
    g_assert_cmpuint(entries(place->dir), ==, 1);
    g_assert_cmpuint(entries(place->home), ==, 1);
}

static void test_old_file(Place *place, gconstpointer data)
{
    make_text(place, "old");
    assert_read(place, "old", 3);
    assert_replace(place, "new and longer");
    assert_replace(place, "");
    assert_replace(place, "again");
    g_assert_cmpuint(entries(place->dir), ==, 1);
}

/* What is asked for: wine does not keep it. */
static void test_rights(Place *place, gconstpointer data)
{
    static const SECURITY_INFORMATION parts =
        OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
    for (int inherited = 0; inherited < 2; inherited++) {
        PSECURITY_DESCRIPTOR descriptor = os_ssh_descriptor(place->sid, inherited);
        wchar_t *sid = NULL, *text = NULL;
        g_assert_true(ConvertSidToStringSidW(place->sid, &sid));
        g_assert_true(ConvertSecurityDescriptorToStringSecurityDescriptorW(
            descriptor, SDDL_REVISION_1, parts, &text, NULL));
        const char *how = inherited ? "OICI" : "";
        g_autofree char *who = os_utf8(sid), *is = os_utf8(text);
        g_autofree char *expected = g_strdup_printf(
            "O:%sD:P(A;%s;FA;;;SY)(A;%s;FA;;;BA)(A;%s;FA;;;%s)", who, how, how, how, who);
        g_assert_cmpstr(is, ==, expected);
        LocalFree(text);
        LocalFree(sid);
        LocalFree(descriptor);
    }
}

static void test_size(Place *place, gconstpointer data)
{
    g_autofree char *text = g_malloc(OS_SSH_TEXT_MAX + 1);
    g_autoptr(GError) error = NULL;

    memset(text, 'x', OS_SSH_TEXT_MAX + 1);
    g_assert_true(os_ssh_replace(place->user, text, OS_SSH_TEXT_MAX, &error));
    assert_read(place, text, OS_SSH_TEXT_MAX);
    put_at(place->file, text, OS_SSH_TEXT_MAX + 1);
    assert_no_read(place, "read", place->file, G_IO_ERROR_FAILED, "it is too large");
}

static void test_directory(Place *place, gconstpointer data)
{
    static const char why[] = "it is not a regular file";

    g_assert_no_errno(g_mkdir(place->dir, 0700));
    g_assert_no_errno(g_mkdir(place->file, 0700));
    assert_no_read(place, "read", place->file, G_IO_ERROR_NOT_REGULAR_FILE, why);
    assert_no_replace(place, "write", place->file, G_IO_ERROR_NOT_REGULAR_FILE, why);
    g_assert_cmpuint(entries(place->dir), ==, 1);
}

static void test_file_for_directory(Place *place, gconstpointer data)
{
    put_at(place->dir, "x", 1);
    assert_no_read(place, "open directory", place->dir, -1, NULL);
    assert_no_replace(place, "open directory", place->dir, -1, NULL);
    assert_content(place->dir, "x");
}

static void test_hard_link(Place *place, gconstpointer data)
{
    static const char why[] = "it has another name elsewhere (a hard link)";
    g_autofree char *other = g_build_filename(place->victim, "secret", NULL);
    g_autofree wchar_t *from = os_utf16(other, NULL), *to = os_utf16(place->file, NULL);

    put_at(other, "secret", 6);
    g_assert_no_errno(g_mkdir(place->dir, 0700));
    if (!CreateHardLinkW(to, from, NULL)) {
        g_test_skip("no hard links here");
        return;
    }
    assert_no_read(place, "read", place->file, G_IO_ERROR_FAILED, why);
    assert_no_replace(place, "write", place->file, G_IO_ERROR_FAILED, why);
    assert_content(other, "secret");
    g_assert_cmpuint(entries(place->dir), ==, 1);
}

/* REPARSE_DATA_BUFFER of a mount point, MS-FSCC 2.1.2.5; no header for programs has it. */
typedef struct {
    ULONG tag;
    USHORT length, reserved;
    USHORT name_offset, name_length, print_offset, print_length;
    wchar_t names[2 * MAX_PATH + 2];
} Junction;

static gboolean make_junction(const char *at, const char *target)
{
    g_autofree char *nt = g_strconcat("\\??\\", target, NULL);
    g_autofree wchar_t *to = os_utf16(nt, NULL), *from = os_utf16(at, NULL);
    gsize bytes = wcslen(to) * sizeof *to;
    Junction junction = {.tag = IO_REPARSE_TAG_MOUNT_POINT};
    DWORD got;

    junction.name_length = (USHORT)bytes;
    junction.print_offset = (USHORT)(bytes + sizeof *to);
    junction.length = (USHORT)(bytes + 2 * sizeof *to + 8);
    memcpy(junction.names, to, bytes);
    if (g_mkdir(at, 0700) < 0)
        return FALSE;
    g_auto(OsHandle) dir =
        CreateFileW(from, GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                    FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, NULL);
    return DeviceIoControl(dir, FSCTL_SET_REPARSE_POINT, &junction,
                           (DWORD)(G_STRUCT_OFFSET(Junction, name_offset) + junction.length), NULL,
                           0, &got, NULL);
}

/* That of wine 8 does nothing, and says it has. */
static gboolean make_symlink(const char *at, const char *target, gboolean directory)
{
    g_autofree wchar_t *to = os_utf16(target, NULL), *from = os_utf16(at, NULL);
    return CreateSymbolicLinkW(from, to, directory ? SYMBOLIC_LINK_FLAG_DIRECTORY : 0) &&
           GetFileAttributesW(from) != INVALID_FILE_ATTRIBUTES;
}

/* wine makes neither, but takes a Unix link, made from outside, for what it leads to. */
static gboolean make_link(const char *at, const char *target, gboolean directory)
{
    static const wchar_t ln[] = L"\\\\?\\unix\\bin\\ln";
    typedef char *(CDECL * ToUnix)(const wchar_t *);
    HMODULE kernel = GetModuleHandleW(L"kernel32.dll");
    ToUnix to_unix = (ToUnix)(gpointer)GetProcAddress(kernel, "wine_get_unix_file_name");

    if (directory && make_junction(at, target))
        return TRUE;
    g_rmdir(at);
    if (make_symlink(at, target, directory))
        return TRUE;
    if (!to_unix)
        return FALSE;
    g_autofree wchar_t *from = os_utf16(target, NULL), *to = os_utf16(at, NULL);
    g_autofree char *command = g_strdup_printf("ln -s %s %s", to_unix(from), to_unix(to));
    g_autofree wchar_t *line = os_utf16(command, NULL);
    STARTUPINFOW start = {.cb = sizeof start};
    PROCESS_INFORMATION process;
    if (!CreateProcessW(ln, line, NULL, NULL, FALSE, 0, NULL, NULL, &start, &process))
        return FALSE;
    WaitForSingleObject(process.hProcess, 10000);
    CloseHandle(process.hThread);
    CloseHandle(process.hProcess);
    for (guint i = 0; i < 1000 && !g_file_test(at, G_FILE_TEST_EXISTS); i++)
        g_usleep(1000); /* a Unix process is nothing that can be waited for from here */
    return g_file_test(at, G_FILE_TEST_EXISTS);
}

static const char is_link[] = "it is a link or a junction, which is not followed";

static void test_link_for_file(Place *place, gconstpointer data)
{
    g_autofree char *secret = g_build_filename(place->victim, "secret", NULL);

    put_at(secret, "secret", 6);
    g_assert_no_errno(g_mkdir(place->dir, 0700));
    if (!make_link(place->file, secret, FALSE)) {
        g_test_skip("cannot make a link here");
        return;
    }
    assert_no_read(place, "read", place->file, G_IO_ERROR_FAILED, is_link);
    assert_no_replace(place, "write", place->file, G_IO_ERROR_FAILED, is_link);
    assert_content(secret, "secret");
}

static void test_link_for_directory(Place *place, gconstpointer data)
{
    g_autofree char *secret = g_build_filename(place->victim, "authorized_keys", NULL);

    if (!make_link(place->dir, place->victim, TRUE)) {
        g_test_skip("cannot make a link here");
        return;
    }
    assert_no_replace(place, "open directory", place->dir, G_IO_ERROR_FAILED, is_link);
    g_assert_cmpuint(entries(place->victim), ==, 0);
    put_at(secret, "secret", 6);
    assert_no_read(place, "open directory", place->dir, G_IO_ERROR_FAILED, is_link);
    assert_no_replace(place, "open directory", place->dir, G_IO_ERROR_FAILED, is_link);
    assert_content(secret, "secret");
}

static void test_owner(Place *place, gconstpointer data)
{
    static const char why[] = "it belongs to somebody else";
    PSID guest = NULL;

    make_text(place, "secret");
    g_assert_true(ConvertStringSidToSidW(L"S-1-5-32-546", &guest));
    os_ssh_user_free(place->user);
    place->user = user_at(place->home, guest);
    LocalFree(guest);
    assert_no_read(place, "open directory", place->dir, G_IO_ERROR_PERMISSION_DENIED, why);
    assert_no_replace(place, "open directory", place->dir, G_IO_ERROR_PERMISSION_DENIED, why);
    assert_content(place->file, "secret");
}

static void test_conflict(Place *place, gconstpointer data)
{
    static const char why[] = "it has just been changed by somebody else";

    make_text(place, "old");
    assert_read(place, "old", 3);
    put_at(place->file, "other", 5);
    assert_no_replace(place, "write", place->file, G_IO_ERROR_BUSY, why);
    assert_read(place, "other", 5);
    assert_replace(place, "new");

    g_assert_no_errno(g_unlink(place->file));
    assert_no_replace(place, "write", place->file, G_IO_ERROR_BUSY, why);
    assert_no_read(place, "read", place->file, G_IO_ERROR_NOT_FOUND, NULL);
    put_at(place->file, "made meanwhile", 14);
    assert_no_replace(place, "write", place->file, G_IO_ERROR_BUSY, why);
    assert_content(place->file, "made meanwhile");
    g_assert_cmpuint(entries(place->dir), ==, 1);
}

/* The moment between the look and the change of name. */
static void test_two_at_once(Place *place, gconstpointer data)
{
    g_autofree wchar_t *path = NULL;

    make_text(place, "old");
    path = os_utf16(place->file, NULL);
    assert_read(place, "old", 3);
    g_auto(OsHandle) other = CreateFileW(path, GENERIC_READ | GENERIC_WRITE,
                                         FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                         NULL, OPEN_EXISTING, 0, NULL);
    g_assert_true(os_handle_is_valid(other));
    assert_no_replace(place, "write", place->file, G_IO_ERROR_BUSY, NULL);
    g_assert_cmpuint(entries(place->dir), ==, 1);
    os_handle_close(os_handle_steal(&other));
    assert_replace(place, "new");
}

static void test_made_at_once(Place *place, gconstpointer data)
{
    g_autofree wchar_t *dir_path = os_utf16(place->dir, NULL);
    HANDLE none = NULL;

    make_text(place, "theirs");
    g_autofree char *mine = g_build_filename(place->dir, "mine", NULL);
    put_at(mine, "mine", 4);
    g_auto(OsHandle) dir = CreateFileW(dir_path, FILE_TRAVERSE, FILE_SHARE_READ | FILE_SHARE_WRITE,
                                       NULL, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
    g_auto(OsHandle) file = os_ssh_at_open(dir, L"mine", DELETE, 0, FILE_OPEN, 0, NULL);
    g_assert_nonnull(file);
    g_assert_false(os_ssh_at_rename(file, dir, L"authorized_keys", &none));
    g_assert_cmpuint(GetLastError(), ==, ERROR_BUSY);
    assert_content(place->file, "theirs");
}

/* Who reads a file without sharing its removal keeps it where it is. */
static void test_failed_write(Place *place, gconstpointer data)
{
    g_autofree wchar_t *path = NULL;

    make_text(place, "old");
    path = os_utf16(place->file, NULL);
    g_auto(OsHandle) other = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE,
                                         NULL, OPEN_EXISTING, 0, NULL);
    g_assert_true(os_handle_is_valid(other));
    assert_no_replace(place, "write", place->file, -1, NULL);
    assert_content(place->file, "old");
    g_assert_cmpuint(entries(place->dir), ==, 1);
}

static void test_handles(Place *place, gconstpointer data)
{
    DWORD before = 0, after = 0;

    make_text(place, "old");
    assert_read(place, "old", 3);
    assert_replace(place, "new");
    g_assert_true(GetProcessHandleCount(GetCurrentProcess(), &before));
    for (guint i = 0; i < 10; i++) {
        assert_read(place, i ? "again" : "new", i ? 5 : 3);
        assert_replace(place, "again");
    }
    g_assert_true(GetProcessHandleCount(GetCurrentProcess(), &after));
    g_assert_cmpuint(after, <=, before + 2); /* a thread of the timers may come */
}

/* What the system says of groups. */
static const wchar_t *group_names[2];
static DWORD n_groups, n_more;
static NET_API_STATUS groups_say;

static NET_API_STATUS WINAPI tell_groups(LPCWSTR server, LPCWSTR user, DWORD level, DWORD flags,
                                         LPBYTE *buffer, DWORD wanted, LPDWORD read, LPDWORD total)
{
    static LOCALGROUP_USERS_INFO_0 info[2];

    g_assert_null(server);
    g_assert_null(wcschr(user, L'\\'));
    g_assert_cmpuint(level, ==, 0);
    g_assert_cmpuint(flags, ==, LG_INCLUDE_INDIRECT);
    for (DWORD i = 0; i < n_groups; i++)
        info[i].lgrui0_name = (LPWSTR)group_names[i];
    *buffer = (LPBYTE)info;
    *read = n_groups;
    *total = n_groups + n_more;
    return groups_say;
}

static NET_API_STATUS WINAPI free_nothing(LPVOID buffer)
{
    return NERR_Success;
}

static const OsSshCalls calls = {.local_groups = tell_groups, .buffer_free = free_nothing};

static void set_groups(const wchar_t *first, const wchar_t *second)
{
    group_names[0] = first;
    group_names[1] = second;
    n_groups = first ? second ? 2 : 1 : 0;
    n_more = 0;
    groups_say = NERR_Success;
}

static void test_administrator(void)
{
    g_autoptr(GError) error = NULL;
    PSID sid = NULL;

    set_groups(L"Users", L"ADMINISTRATORS");
    g_autoptr(OsSshUser) user = os_ssh_user_find_by(&calls, g_get_user_name(), &error);
    g_assert_no_error(error);
    g_autofree char *root = os_utf8(user->place.root);
    g_assert_cmpstr(root, ==, g_getenv("ProgramData"));
    g_assert_true(wcscmp(user->place.directory, L"ssh") == 0);
    g_assert_true(wcscmp(user->place.file, L"administrators_authorized_keys") == 0);
    g_assert_true(ConvertStringSidToSidW(L"S-1-5-32-544", &sid));
    g_assert_true(EqualSid(sid, user->place.owner));
    LocalFree(sid);
}

static void test_plain_user(void)
{
    static const wchar_t *const groups[] = {NULL, L"Users", L"Administrators of something"};
    BYTE sid[SECURITY_MAX_SID_SIZE];

    own_sid(sid);
    for (guint i = 0; i < G_N_ELEMENTS(groups); i++) {
        g_autoptr(GError) error = NULL;
        set_groups(groups[i], NULL);
        g_autoptr(OsSshUser) user = os_ssh_user_find_by(&calls, g_get_user_name(), &error);
        g_assert_no_error(error);
        g_assert_true(EqualSid(sid, user->place.owner));
        g_assert_true(wcscmp(user->place.directory, L".ssh") == 0);
        g_assert_true(wcscmp(user->place.file, L"authorized_keys") == 0);
        g_autofree char *root = os_utf8(user->place.root);
        g_assert_cmpint(g_ascii_strcasecmp(root, g_getenv("USERPROFILE")), ==, 0);
    }
}

static void test_uncertain(void)
{
    g_autoptr(GError) error = NULL;

    set_groups(L"Users", NULL);
    groups_say = ERROR_ACCESS_DENIED;
    g_assert_null(os_ssh_user_find_by(&calls, g_get_user_name(), &error));
    g_assert_nonnull(error);
    g_assert_true(g_str_has_prefix(error->message, "cannot tell what groups it is in: "));
    g_clear_error(&error);
    set_groups(L"Users", NULL);
    n_more = 1;
    g_assert_null(os_ssh_user_find_by(&calls, g_get_user_name(), &error));
    g_assert_nonnull(error);
}

static void test_unknown(void)
{
    static const char *const names[] = {"virtagent-nobody-here", "Administrators", "SYSTEM",
                                        "NO-SUCH-DOMAIN\\bob"};

    set_groups(NULL, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(os_ssh_user_find_by(&calls, names[i], &error));
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
    }
}

static void test_system(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(OsSshUser) user = os_ssh_user_find(g_get_user_name(), &error);

    g_assert_no_error(error);
    g_assert_nonnull(user->place.root);
}

#define ADD(name, function) g_test_add("/ssh/" name, Place, NULL, place_make, function, place_drop)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ssh/administrators-share-a-file", test_administrator);
    g_test_add_func("/ssh/others-have-one-in-their-profile", test_plain_user);
    g_test_add_func("/ssh/whose-file-it-is-must-be-certain", test_uncertain);
    g_test_add_func("/ssh/what-is-no-user-is-not-found", test_unknown);
    g_test_add_func("/ssh/the-system-knows-its-users", test_system);
    ADD("all-bytes-are-read", test_read);
    ADD("nothing-there-is-not-found", test_nothing_there);
    ADD("a-missing-home-is-not-made", test_no_home);
    ADD("a-user-without-a-profile-has-no-file", test_no_profile);
    ADD("a-new-file-is-all-there-is", test_new_file);
    ADD("an-old-file-is-replaced", test_old_file);
    ADD("rights-are-for-the-user-and-the-administrators", test_rights);
    ADD("size-is-bounded", test_size);
    ADD("a-directory-in-place-of-the-file-is-refused", test_directory);
    ADD("a-file-in-place-of-the-directory-is-refused", test_file_for_directory);
    ADD("a-hard-link-is-refused", test_hard_link);
    ADD("a-link-in-place-of-the-file-is-refused", test_link_for_file);
    ADD("a-link-in-place-of-the-directory-is-refused", test_link_for_directory);
    ADD("what-belongs-to-somebody-else-is-refused", test_owner);
    ADD("what-somebody-else-wrote-is-not-overwritten", test_conflict);
    ADD("who-writes-keeps-others-out", test_two_at_once);
    ADD("of-two-who-make-it-one-does", test_made_at_once);
    ADD("a-failed-write-leaves-no-trace", test_failed_write);
    ADD("no-handle-is-left", test_handles);
    return g_test_run();
}
