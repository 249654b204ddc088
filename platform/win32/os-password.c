/* SPDX-License-Identifier: Apache-2.0 */
#include "os-password-calls.h"

#include "os-error-text.h"
#include "os-utf16.h"

#include <gio/gio.h>
#include <lmerr.h>
#include <string.h>

#define LEVEL_NAME     0u    /* USER_INFO_0 */
#define LEVEL_PASSWORD 1003u /* USER_INFO_1003 */

/* A password as Windows takes it.  Of fixed size, as memory that grows leaves its old self behind:
 * no account has a longer one (lmcons.h). */
typedef struct {
    wchar_t text[PWLEN + 1];
} Secret;

static void secret_clear(Secret *secret)
{
    os_password_wipe(secret, sizeof *secret);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Secret, secret_clear)

void os_password_wipe(gpointer memory, gsize size)
{
    if (size > 0)
        SecureZeroMemory(memory, size);
}

static gboolean fail(GError **error, int code, const char *text)
{
    g_set_error_literal(error, G_IO_ERROR, code, text);
    return FALSE;
}

/* MSDN, "MultiByteToWideChar": with MB_ERR_INVALID_CHARS what is no UTF-8 is refused, rather than
 * replaced by characters nobody has chosen. */
static gboolean secret_of(const void *password, gsize size, Secret *secret, GError **error)
{
    int units = 0;

    if (size > 0) {
        units = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, password, (int)size,
                                    secret->text, PWLEN);
        if (units == 0 && GetLastError() == ERROR_INSUFFICIENT_BUFFER)
            return fail(error, G_IO_ERROR_INVALID_ARGUMENT,
                        "the password is longer than 256 characters");
        if (units == 0)
            return fail(error, G_IO_ERROR_INVALID_ARGUMENT, "the password is not valid UTF-8");
    }
    secret->text[units] = L'\0';
    return TRUE;
}

static char *plain_text(NET_API_STATUS code)
{
    static const struct {
        NET_API_STATUS code;
        const char *text;
    } texts[] = {
        {NERR_UserNotFound, "there is no such account"},
        {NERR_PasswordTooShort, "the password does not meet the rules for passwords"},
        {NERR_NotPrimary, "passwords can be changed on the domain controller only"},
        {NERR_LastAdmin, "the last administrator's account cannot be changed so"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        if (texts[i].code == code)
            return g_strdup(texts[i].text);
    return g_strdup_printf("error %lu", code);
}

static gboolean check(NET_API_STATUS code, GError **error)
{
    if (code == NERR_Success)
        return TRUE;
    g_autofree char *text = os_error_text(code);
    g_autofree char *plain = text ? NULL : plain_text(code);
    return fail(error, code == NERR_UserNotFound ? G_IO_ERROR_NOT_FOUND : G_IO_ERROR_FAILED,
                text ? text : plain);
}

/* Asked for beforehand: the password goes nowhere for a name that is wrong, and a system that knows
 * accounts but cannot change them (wine) still tells such a name. */
static gboolean check_user(const OsPasswordCalls *calls, const wchar_t *user, GError **error)
{
    LPBYTE info = NULL;
    NET_API_STATUS code = calls->get_info(NULL, user, LEVEL_NAME, &info);

    if (info)
        calls->buffer_free(info);
    return check(code, error);
}

/* In a local name neither is allowed (MSDN, "User Name Formats", "NetUserAdd"). */
static gboolean is_of_a_domain(const char *user)
{
    return strpbrk(user, "\\@") != NULL;
}

gboolean os_password_set_by(const OsPasswordCalls *calls, const char *user, const void *password,
                            gsize size, gboolean crypted, GError **error)
{
    if (crypted)
        return fail(error, G_IO_ERROR_NOT_SUPPORTED, "'crypted' must be off on this host");
    if (is_of_a_domain(user))
        return fail(error, G_IO_ERROR_NOT_SUPPORTED,
                    "only local accounts can be given a password, by their name alone");

    g_autofree wchar_t *name = os_utf16(user, error);
    g_auto(Secret) secret = {0};
    if (!name || !secret_of(password, size, &secret, error) || !check_user(calls, name, error))
        return FALSE;
    USER_INFO_1003 info = {.usri1003_password = secret.text};
    return check(calls->set_info(NULL, name, LEVEL_PASSWORD, (LPBYTE)&info, NULL), error);
}

gboolean os_password_set(const char *user, const void *password, gsize size, gboolean crypted,
                         GError **error)
{
    static const OsPasswordCalls calls = {
        .get_info = NetUserGetInfo,
        .set_info = NetUserSetInfo,
        .buffer_free = NetApiBufferFree,
    };
    return os_password_set_by(&calls, user, password, size, crypted, error);
}
