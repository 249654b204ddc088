/* SPDX-License-Identifier: Apache-2.0 */
#include "os-filetime.h"
#include "os-users-calls.h"

#include <gio/gio.h>
#include <string.h>

#define LOGON (OS_FILETIME_1970 + G_GINT64_CONSTANT(17000000005000000)) /* 1700000000.5 s */

/* One more than there are users: of the last session nothing can be asked any more. */
static WTS_SESSION_INFOW sessions[] = {
    {.SessionId = 0, .State = WTSDisconnected}, {.SessionId = 1, .State = WTSActive},
    {.SessionId = 2, .State = WTSDisconnected}, {.SessionId = 3, .State = WTSListen},
    {.SessionId = 65537, .State = WTSActive},   {.SessionId = 5, .State = WTSActive},
};

static const struct {
    DWORD session;
    const wchar_t *name, *domain;
    gint64 logon;
} users[] = {
    {0, L"", L"", 0},
    {1, L"J\u00fcrgen", L"CORP", LOGON},
    {2, L"Administrator", L"", 0},
    {3, L"listener", L"CORP", LOGON},
    {65537, L"J\u00fcrgen", L"CORP", LOGON + OS_FILETIME_SECOND},
};

static BOOL WINAPI enumerate(HANDLE server, DWORD reserved, DWORD version, WTS_SESSION_INFOW **list,
                             DWORD *n)
{
    g_assert_cmpuint(reserved, ==, 0);
    g_assert_cmpuint(version, ==, 1);
    *list = g_memdup2(sessions, sizeof sessions);
    *n = G_N_ELEMENTS(sessions);
    return TRUE;
}

static wchar_t *wide_copy(const wchar_t *text, DWORD *size)
{
    *size = (DWORD)((wcslen(text) + 1) * sizeof *text);
    return g_memdup2(text, *size);
}

static BOOL WINAPI query(HANDLE server, DWORD session, WTS_INFO_CLASS what, wchar_t **data,
                         DWORD *size)
{
    for (gsize i = 0; i < G_N_ELEMENTS(users); i++) {
        if (users[i].session != session)
            continue;
        if (what == WTSSessionInfo) {
            const WTSINFOW info = {.LogonTime.QuadPart = users[i].logon};
            *data = g_memdup2(&info, *size = sizeof info);
        } else {
            *data = wide_copy(what == WTSUserName ? users[i].name : users[i].domain, size);
        }
        return TRUE;
    }
    SetLastError(ERROR_FILE_NOT_FOUND);
    return FALSE;
}

static VOID WINAPI release(void *memory)
{
    g_free(memory);
}

static BOOL WINAPI refuse(HANDLE server, DWORD reserved, DWORD version, WTS_SESSION_INFOW **list,
                          DWORD *n)
{
    SetLastError(ERROR_ACCESS_DENIED);
    return FALSE;
}

static void assert_user(const GPtrArray *list, guint i, const char *name, const char *domain,
                        double login_time)
{
    const OsUser *user = g_ptr_array_index(list, i);
    g_assert_cmpstr(user->name, ==, name);
    g_assert_cmpstr(user->domain, ==, domain);
    g_assert_cmpfloat(user->login_time, ==, login_time);
}

static void test_sessions(void)
{
    const OsUsersCalls calls = {enumerate, query, release};
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list = os_users_list_by(&calls, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(list->len, ==, 3);
    assert_user(list, 0, "J\xc3\xbcrgen", "CORP", 1700000000.5);
    assert_user(list, 1, "Administrator", NULL, 0);
    assert_user(list, 2, "J\xc3\xbcrgen", "CORP", 1700000001.5);
}

static void test_refused(void)
{
    const OsUsersCalls calls = {refuse, query, release};
    g_autoptr(GError) error = NULL;

    g_assert_null(os_users_list_by(&calls, &error));
    g_assert_nonnull(error);
    g_assert_true(g_str_has_prefix(error->message, "failed to list the sessions: "));
}

static void test_this_system(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list = os_users_list(&error);

    g_assert_no_error(error);
    for (guint i = 0; i < list->len; i++) {
        const OsUser *user = g_ptr_array_index(list, i);
        g_assert_cmpstr(user->name, !=, "");
        g_assert_cmpfloat(user->login_time, >=, 0);
    }
}

static void test_times(void)
{
    g_assert_cmpfloat(os_filetime_seconds(OS_FILETIME_1970), ==, 0);
    g_assert_cmpfloat(os_filetime_seconds(LOGON), ==, 1700000000.5);
    g_assert_cmpfloat(os_filetime_seconds(0), ==, 0);
    g_assert_cmpfloat(os_filetime_seconds(-1), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/users/one-entry-per-session-of-a-user", test_sessions);
    g_test_add_func("/users/a-refusal-is-an-error", test_refused);
    g_test_add_func("/users/those-of-this-system-have-names", test_this_system);
    g_test_add_func("/users/time-is-seconds-since-1970", test_times);
    return g_test_run();
}
