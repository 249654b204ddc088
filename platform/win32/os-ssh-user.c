/* SPDX-License-Identifier: Apache-2.0 */
#include "os-ssh-user.h"

#include "os-error-alone.h"
#include "os-utf16.h"

#include <gio/gio.h>
#include <sddl.h>
#include <shlobj.h>

#define PATIENCE    20000u /* ms */
#define DOMAIN_MAX  256u   /* UTF-16 units: a DNS name has at most 255 */
#define PROFILE_MAX 32768u /* UTF-16 units */

/* What OpenSSH for Windows looks at, as it comes (sshd_config, "Match Group administrators"). */
#define SSH_FOLDER          L"ssh"
#define ADMINISTRATORS_KEYS L"administrators_authorized_keys"
#define USER_FOLDER         L".ssh"
#define USER_KEYS           L"authorized_keys"

#define PROFILE_LIST L"SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList\\"

/* An account as the system writes it. */
typedef struct {
    BYTE sid[SECURITY_MAX_SID_SIZE];
    wchar_t name[UNLEN + 1];
    wchar_t domain[DOMAIN_MAX];
} Account;

OsSshUser *os_ssh_user_new(wchar_t *root, const wchar_t *directory, const wchar_t *file, PSID owner)
{
    OsSshUser *user = g_new0(OsSshUser, 1);
    user->place.root = root;
    user->place.directory = directory;
    user->place.file = file;
    CopySid(sizeof user->place.owner, user->place.owner, owner);
    user->patience = PATIENCE;
    return user;
}

void os_ssh_user_free(OsSshUser *user)
{
    if (!user)
        return;
    g_free(user->place.root);
    g_free(user);
}

static gboolean unknown(GError **error)
{
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "there is no such user");
    return FALSE;
}

/* The name may be given in any way Windows knows; a group has one, too. */
static gboolean look_up(const wchar_t *given, Account *account, GError **error)
{
    DWORD sid_size = sizeof account->sid, domain_size = G_N_ELEMENTS(account->domain);
    SID_NAME_USE use = SidTypeUnknown;

    if (!LookupAccountNameW(NULL, given, account->sid, &sid_size, account->domain, &domain_size,
                            &use)) {
        DWORD code = GetLastError();
        return code == ERROR_NONE_MAPPED ? unknown(error) : os_error_alone(error, code);
    }
    if (use != SidTypeUser)
        return unknown(error);

    DWORD name_size = G_N_ELEMENTS(account->name);
    domain_size = G_N_ELEMENTS(account->domain);
    return LookupAccountSidW(NULL, account->sid, account->name, &name_size, account->domain,
                             &domain_size, &use) ||
           os_error_alone(error, GetLastError());
}

/* The administrators have a name in each language. */
static gboolean administrators(Account *group, GError **error)
{
    DWORD size = sizeof group->sid, name_size = G_N_ELEMENTS(group->name);
    DWORD domain_size = G_N_ELEMENTS(group->domain);
    SID_NAME_USE use;

    return (CreateWellKnownSid(WinBuiltinAdministratorsSid, NULL, group->sid, &size) &&
            LookupAccountSidW(NULL, group->sid, group->name, &name_size, group->domain,
                              &domain_size, &use)) ||
           os_error_alone(error, GetLastError());
}

/* MSDN, "NetUserGetLocalGroups": a user of this computer goes by the name alone. */
static wchar_t *net_name(const Account *account)
{
    wchar_t computer[MAX_COMPUTERNAME_LENGTH + 1];
    DWORD size = G_N_ELEMENTS(computer);
    g_autofree char *name = os_utf8(account->name);
    g_autofree char *domain = os_utf8(account->domain);
    gboolean local = GetComputerNameW(computer, &size) &&
                     CompareStringOrdinal(computer, -1, account->domain, -1, TRUE) == CSTR_EQUAL;
    g_autofree char *full = g_strconcat(local ? "" : domain, local ? "" : "\\", name, NULL);
    return os_utf16(full, NULL);
}

/* LG_INCLUDE_INDIRECT: whoever is one by way of another group is an administrator to sshd, too. */
static gboolean is_member(const OsSshCalls *calls, const Account *account, const Account *group,
                          gboolean *is, GError **error)
{
    LPBYTE buffer = NULL;
    DWORD n = 0, total = 0;
    gboolean found = FALSE;
    g_autofree wchar_t *name = net_name(account);
    NET_API_STATUS code = calls->local_groups(NULL, name, 0, LG_INCLUDE_INDIRECT, &buffer,
                                              MAX_PREFERRED_LENGTH, &n, &total);

    const LOCALGROUP_USERS_INFO_0 *groups = (const LOCALGROUP_USERS_INFO_0 *)(gconstpointer)buffer;
    for (DWORD i = 0; code == NERR_Success && i < n && !found; i++)
        found =
            CompareStringOrdinal(groups[i].lgrui0_name, -1, group->name, -1, TRUE) == CSTR_EQUAL;
    if (buffer)
        calls->buffer_free(buffer);
    if (code == NERR_Success && n < total)
        code = ERROR_MORE_DATA;
    if (code != NERR_Success) {
        os_error_alone(error, code);
        g_prefix_error(error, "cannot tell what groups it is in: ");
        return FALSE;
    }
    *is = found;
    return TRUE;
}

/* Of the 64-bit registry, whatever this program is.  NULL: the user has never logged in. */
static wchar_t *profile_of(PSID sid)
{
    g_autofree wchar_t *path = g_new(wchar_t, PROFILE_MAX);
    DWORD size = PROFILE_MAX * sizeof *path;
    wchar_t *sid_text = NULL;
    HKEY list = NULL, key = NULL;
    LSTATUS code = ERROR_INVALID_SID;

    if (ConvertSidToStringSidW(sid, &sid_text))
        code =
            RegOpenKeyExW(HKEY_LOCAL_MACHINE, PROFILE_LIST, 0, KEY_READ | KEY_WOW64_64KEY, &list);
    if (code == ERROR_SUCCESS)
        code = RegOpenKeyExW(list, sid_text, 0, KEY_READ | KEY_WOW64_64KEY, &key);
    if (code == ERROR_SUCCESS)
        code = RegGetValueW(key, NULL, L"ProfileImagePath", RRF_RT_REG_SZ, NULL, path, &size);
    LocalFree(sid_text);
    RegCloseKey(key);
    RegCloseKey(list);
    return code == ERROR_SUCCESS ? g_steal_pointer(&path) : NULL;
}

static wchar_t *program_data(GError **error)
{
    wchar_t *found = NULL, *path = NULL;
    HRESULT code = SHGetKnownFolderPath(&FOLDERID_ProgramData, 0, NULL, &found);

    if (SUCCEEDED(code))
        path = g_memdup2(found, (wcslen(found) + 1) * sizeof *found);
    else
        os_error_alone(error, (guint32)code);
    CoTaskMemFree(found);
    return path;
}

/* Whose file it would be must be certain: a key among those of the administrators is one to the
 * account of each of them. */
OsSshUser *os_ssh_user_find_by(const OsSshCalls *calls, const char *name, GError **error)
{
    Account account = {0}, group = {0};
    gboolean is = FALSE;
    g_autofree wchar_t *given = os_utf16(name, error);

    if (!given || !look_up(given, &account, error) || !administrators(&group, error) ||
        !is_member(calls, &account, &group, &is, error))
        return NULL;
    if (!is)
        return os_ssh_user_new(profile_of(account.sid), USER_FOLDER, USER_KEYS, account.sid);
    wchar_t *root = program_data(error);
    return root ? os_ssh_user_new(root, SSH_FOLDER, ADMINISTRATORS_KEYS, group.sid) : NULL;
}

OsSshUser *os_ssh_user_find(const char *name, GError **error)
{
    static const OsSshCalls calls = {
        .local_groups = NetUserGetLocalGroups,
        .buffer_free = NetApiBufferFree,
    };
    return os_ssh_user_find_by(&calls, name, error);
}
