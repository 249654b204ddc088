/* SPDX-License-Identifier: Apache-2.0 */
#include "os-daemon.h"
#include "os-private.h"
#include "os-utf16.h"

#include <initguid.h>
#include <knownfolders.h>
#include <shlobj.h>

static char *known_folder(const GUID *id, const char *fallback)
{
    wchar_t *wide = NULL;
    gboolean found = SUCCEEDED(SHGetKnownFolderPath(id, KF_FLAG_DEFAULT, NULL, &wide));
    char *path = found ? os_utf8(wide) : g_strdup(fallback);

    CoTaskMemFree(wide);
    return path;
}

/* qemu-ga reads its file from where its program is, which is not where ours is: that of its
 * installer (virtio-win).  Lives as long as the process. */
static gpointer make_defaults(gpointer unused)
{
    g_autofree char *data = known_folder(&FOLDERID_ProgramData, "C:\\ProgramData");
    g_autofree char *programs = known_folder(&FOLDERID_ProgramFiles, "C:\\Program Files");
    OsDefaults *defaults = g_new0(OsDefaults, 1);
    char *ours = g_build_filename(data, "virtagent", NULL);

    *defaults = (OsDefaults){
        .config_files = {g_build_filename(ours, "virtagent.conf", NULL),
                         g_build_filename(programs, "Qemu-ga", "qemu-ga.conf", NULL)},
        .method = "virtio-serial",
        .state_dir = ours,
        .fsfreeze_hook = g_build_filename(ours, "fsfreeze-hook.cmd", NULL),
        .fsfreeze_hooks_dir = g_build_filename(ours, "hooks.d", NULL),
    };
    return defaults;
}

/* The folders are the system's to tell, so they cannot be constants; they are looked up once. */
const OsDefaults *os_daemon_defaults(void)
{
    static GOnce once = G_ONCE_INIT;
    return g_once(&once, make_defaults, NULL);
}

gboolean os_daemon_has_sockets(void)
{
    return FALSE;
}

static gboolean is_administrator(void)
{
    BYTE administrators[SECURITY_MAX_SID_SIZE];
    DWORD size = sizeof administrators;
    BOOL member = FALSE;

    return CreateWellKnownSid(WinBuiltinAdministratorsSid, NULL, administrators, &size) &&
           CheckTokenMembership(NULL, administrators, &member) && member;
}

/* What another user could make the agent of an unprivileged one do, he can do himself. */
gboolean os_daemon_secure(GError **error)
{
    const char *ours = os_daemon_defaults()->state_dir;

    if (!is_administrator())
        return TRUE;
    return os_private_make_directory(ours, error) && os_private_secure_directory(ours, error);
}

/* A directory that an administrator chose keeps its access list: it may be one for many things. */
gboolean os_daemon_prepare(OsDaemon *daemon, const char *state_dir, GError **error)
{
    return os_private_make_directory(state_dir, error) && os_private_check_owner(state_dir, error);
}
