/* SPDX-License-Identifier: Apache-2.0 */
#include "os-users.h"
#include "os-error.h"
#include "os-filetime.h"
#include "os-users-calls.h"
#include "os-utf16.h"

/* NULL if the session says nothing of it, or has ended meanwhile. */
static char *text_of(const OsUsersCalls *calls, DWORD session, WTS_INFO_CLASS what)
{
    wchar_t *wide = NULL;
    DWORD size = 0;
    char *text;

    if (!calls->query(WTS_CURRENT_SERVER_HANDLE, session, what, &wide, &size))
        return NULL;
    text = wide && *wide ? os_utf8(wide) : NULL;
    calls->release(wide);
    return text;
}

/* Of the log-in, which a later reconnection does not change. */
static double login_time(const OsUsersCalls *calls, DWORD session)
{
    wchar_t *data = NULL;
    DWORD size = 0;
    double seconds = 0;

    if (!calls->query(WTS_CURRENT_SERVER_HANDLE, session, WTSSessionInfo, &data, &size))
        return 0;
    if (data && size >= sizeof(WTSINFOW))
        seconds = os_filetime_seconds(((const WTSINFOW *)(gconstpointer)data)->LogonTime.QuadPart);
    calls->release(data);
    return seconds;
}

/* The other states are those of sessions that wait for somebody.  That of the services is
 * disconnected, and has no user. */
static gboolean may_have_user(WTS_CONNECTSTATE_CLASS state)
{
    return state == WTSActive || state == WTSDisconnected;
}

static void add_session(const OsUsersCalls *calls, DWORD session, GPtrArray *users)
{
    char *name = text_of(calls, session, WTSUserName);
    OsUser *user;

    if (!name)
        return;
    user = g_new0(OsUser, 1);
    user->name = name;
    user->domain = text_of(calls, session, WTSDomainName);
    user->login_time = login_time(calls, session);
    g_ptr_array_add(users, user);
}

GPtrArray *os_users_list_by(const OsUsersCalls *calls, GError **error)
{
    WTS_SESSION_INFOW *sessions = NULL;
    DWORD n = 0;
    GPtrArray *users;

    if (!calls->enumerate(WTS_CURRENT_SERVER_HANDLE, 0, 1, &sessions, &n))
        return os_error_null(error, "failed to list the sessions");
    users = g_ptr_array_new_with_free_func((GDestroyNotify)os_user_free);
    for (DWORD i = 0; i < n; i++)
        if (may_have_user(sessions[i].State))
            add_session(calls, sessions[i].SessionId, users);
    calls->release(sessions);
    return users;
}

GPtrArray *os_users_list(GError **error)
{
    static const OsUsersCalls system = {WTSEnumerateSessionsW, WTSQuerySessionInformationW,
                                        WTSFreeMemory};
    return os_users_list_by(&system, error);
}
