/* SPDX-License-Identifier: Apache-2.0 */
#include "os-private.h"

#include "os-error.h"
#include "os-handle.h"
#include "os-utf16.h"

#include <aclapi.h>
#include <sddl.h>

/* FILE_ADD_FILE is the right to write to the files that inherit it. */
#define WRITING                                                                                    \
    (FILE_ADD_FILE | FILE_ADD_SUBDIRECTORY | FILE_DELETE_CHILD | FILE_WRITE_ATTRIBUTES |           \
     FILE_WRITE_EA | DELETE | WRITE_DAC | WRITE_OWNER | GENERIC_WRITE | GENERIC_ALL)

/* TrustedInstaller, the owner of what Windows brings (MSDN, "Well-known SIDs" has no constant). */
#define INSTALLER L"S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"

/* Of the account we run as; free with g_free(). */
static TOKEN_USER *own_account(GError **error)
{
    g_auto(OsHandle) token = NULL;
    DWORD size = 0;

    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token))
        return os_error_null(error, "failed to open our access token");
    GetTokenInformation(token, TokenUser, NULL, 0, &size);
    g_autofree TOKEN_USER *user = g_malloc0(MAX(size, sizeof(TOKEN_USER)));
    if (!GetTokenInformation(token, TokenUser, user, size, &size))
        return os_error_null(error, "failed to find out our account");
    return g_steal_pointer(&user);
}

PSECURITY_DESCRIPTOR os_private_descriptor(GError **error)
{
    g_autofree TOKEN_USER *user = own_account(error);
    wchar_t *account = NULL;
    PSECURITY_DESCRIPTOR descriptor = NULL;

    if (!user)
        return NULL;
    if (!ConvertSidToStringSidW(user->User.Sid, &account))
        return os_error_null(error, "failed to name our account");
    g_autofree char *name = os_utf8(account);
    LocalFree(account);
    g_autofree char *text =
        g_strdup_printf("D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;%s)", name);
    g_autofree wchar_t *wide = os_utf16(text, error);
    if (wide && !ConvertStringSecurityDescriptorToSecurityDescriptorW(wide, SDDL_REVISION_1,
                                                                      &descriptor, NULL))
        return os_error_null(error, "failed to make an access list");
    return descriptor;
}

static gboolean make_one(const char *path, SECURITY_ATTRIBUTES *security, GError **error)
{
    g_autofree wchar_t *wide = os_utf16(path, error);

    if (!wide)
        return FALSE;
    if (CreateDirectoryW(wide, security) || GetLastError() == ERROR_ALREADY_EXISTS)
        return TRUE;
    return os_error(error, "failed to create directory '%s'", path);
}

gboolean os_private_make_directory(const char *path, GError **error)
{
    g_auto(OsDescriptor) descriptor = os_private_descriptor(error);
    SECURITY_ATTRIBUTES security = {.nLength = sizeof security, .lpSecurityDescriptor = descriptor};

    if (!descriptor)
        return FALSE;
    for (const char *end = path; *end; end++) {
        g_autofree char *parent = g_strndup(path, (gsize)(end - path));
        /* Roots ("C:", "\\server") are none of our business. */
        if (end > path && G_IS_DIR_SEPARATOR(*end) && !G_IS_DIR_SEPARATOR(end[-1]) &&
            end[-1] != ':' && !g_file_test(parent, G_FILE_TEST_EXISTS) &&
            !make_one(parent, &security, error))
            return FALSE;
    }
    return make_one(path, &security, error);
}

static gboolean is_installer(PSID sid)
{
    PSID installer = NULL;
    gboolean same = ConvertStringSidToSidW(INSTALLER, &installer) && EqualSid(sid, installer);
    LocalFree(installer);
    return same;
}

static gboolean is_ours(PSID sid, const TOKEN_USER *user)
{
    static const WELL_KNOWN_SID_TYPE ours[] = {WinLocalSystemSid, WinBuiltinAdministratorsSid};

    for (guint i = 0; i < G_N_ELEMENTS(ours); i++)
        if (IsWellKnownSid(sid, ours[i]))
            return TRUE;
    return EqualSid(sid, user->User.Sid) || is_installer(sid);
}

/* Who may be meant by an inherited entry (CREATOR OWNER) is who may make something there. */
static gboolean lets_others_write(ACL *acl, const TOKEN_USER *user)
{
    for (DWORD i = 0; acl && i < acl->AceCount; i++) {
        ACCESS_ALLOWED_ACE *entry = NULL;
        if (!GetAce(acl, i, (void **)&entry))
            return TRUE;
        gboolean allows = entry->Header.AceType == ACCESS_ALLOWED_ACE_TYPE ||
                          entry->Header.AceType == ACCESS_ALLOWED_CALLBACK_ACE_TYPE;
        PSID sid = &entry->SidStart;
        if (allows && (entry->Mask & WRITING) && !is_ours(sid, user) &&
            !IsWellKnownSid(sid, WinCreatorOwnerSid))
            return TRUE;
    }
    return acl == NULL;
}

/* Not through a link.  INVALID_HANDLE_VALUE and *error on failure. */
static HANDLE open_itself(const char *path, DWORD access, GError **error)
{
    g_autofree wchar_t *wide = os_utf16(path, error);
    if (!wide)
        return INVALID_HANDLE_VALUE;
    HANDLE handle =
        CreateFileW(wide, READ_CONTROL | FILE_READ_ATTRIBUTES | access,
                    FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING,
                    FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, NULL);
    if (handle == INVALID_HANDLE_VALUE)
        os_error(error, "failed to look at '%s'", path);
    return handle;
}

static gboolean refuse(GError **error, const char *path, const char *why)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "'%s' %s", path, why);
    return FALSE;
}

static gboolean check_kind(HANDLE handle, const char *path, GError **error)
{
    BY_HANDLE_FILE_INFORMATION info;

    if (!GetFileInformationByHandle(handle, &info))
        return os_error(error, "failed to look at '%s'", path);
    if (info.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT)
        return refuse(error, path, "leads to another place, which is not trusted");
    if (!(info.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY))
        return refuse(error, path, "is no directory");
    return TRUE;
}

/* *@open: others may write there; NULL to leave that. */
static gboolean check_access(HANDLE handle, const char *path, gboolean *open, GError **error)
{
    g_autofree TOKEN_USER *user = own_account(error);
    g_auto(OsDescriptor) descriptor = NULL;
    PSID owner = NULL;
    ACL *acl = NULL;

    if (!user)
        return FALSE;
    DWORD code = GetSecurityInfo(handle, SE_FILE_OBJECT,
                                 OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, &owner,
                                 NULL, &acl, NULL, &descriptor);
    if (code != ERROR_SUCCESS)
        return os_error_code(error, (int)code, "failed to read the access list of '%s'", path);
    if (!owner || !is_ours(owner, user))
        return refuse(error, path,
                      "belongs to somebody else than the system, the administrators "
                      "and our account, and is not trusted");
    if (open)
        *open = lets_others_write(acl, user);
    return TRUE;
}

gboolean os_private_check_owner(const char *path, GError **error)
{
    g_auto(OsHandle) handle = open_itself(path, 0, error);
    return os_handle_is_valid(handle) && check_kind(handle, path, error) &&
           check_access(handle, path, NULL, error);
}

static gboolean close_to_others(HANDLE handle, const char *path, GError **error)
{
    g_auto(OsDescriptor) descriptor = os_private_descriptor(error);
    BOOL present = FALSE, defaulted = FALSE;
    ACL *acl = NULL;

    if (!descriptor)
        return FALSE;
    if (!GetSecurityDescriptorDacl(descriptor, &present, &acl, &defaulted))
        return os_error(error, "failed to make an access list");
    DWORD code = SetSecurityInfo(handle, SE_FILE_OBJECT,
                                 DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION,
                                 NULL, NULL, acl, NULL);
    if (code == ERROR_SUCCESS)
        return TRUE;
    return os_error_code(error, (int)code, "failed to keep others out of '%s'", path);
}

static gboolean check_contents(const char *path, GError **error)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, error);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        g_auto(OsHandle) handle = open_itself(child, 0, error);
        if (!os_handle_is_valid(handle) || !check_access(handle, child, NULL, error))
            return FALSE;
    }
    return dir != NULL;
}

gboolean os_private_secure_directory(const char *path, GError **error)
{
    g_auto(OsHandle) handle = open_itself(path, WRITE_DAC, error);
    gboolean open = FALSE;

    if (!os_handle_is_valid(handle) || !check_kind(handle, path, error) ||
        !check_access(handle, path, &open, error))
        return FALSE;
    return (!open || close_to_others(handle, path, error)) && check_contents(path, error);
}
