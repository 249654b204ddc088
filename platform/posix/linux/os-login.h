/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <gio/gio.h>

/* The login service, systemd-logind (org.freedesktop.login1(5)) or elogind, over the system bus:
 * that of $DBUS_SYSTEM_BUS_ADDRESS, else the usual socket below os_root(). */

#define OS_LOGIN         "org.freedesktop.login1"
#define OS_LOGIN_PATH    "/org/freedesktop/login1"
#define OS_LOGIN_MANAGER OS_LOGIN ".Manager"

typedef struct OsLogin OsLogin;

/* Signs in to the bus; whether the service is there shows at the first call.  @seconds limit each
 * step of signing in, and from then on all calls together. */
OsLogin *os_login_open(guint seconds, GError **error);

/* Calls a method that takes @arguments (floating; NULL: none) and returns @type.  The service is
 * never started for it.  Free the reply with g_variant_unref(). */
GVariant *os_login_call(const OsLogin *login, const char *path, const char *interface,
                        const char *method, GVariant *arguments, const char *type, GError **error);

/* TRUE if @error, of either of the above, says that there is no bus or no such service on it. */
gboolean os_login_is_absent(const GError *error);

void os_login_close(OsLogin *login);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OsLogin, os_login_close)
