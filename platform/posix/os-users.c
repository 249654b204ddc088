/* SPDX-License-Identifier: Apache-2.0 */
#include "os-users.h"
#include "os-read.h"
#include "os-root.h"
#include "os-users-login.h"

#include <gio/gio.h>
#include <string.h>
#include <utmpx.h>

/* The file is read as the records that glibc writes (utmp(5)), not through getutxent(): that takes
 * a lock which any user who may read the file can hold. */
#define UTMP_PATH        "/var/run/utmp"
#define UTMP_MAX_RECORDS 16384 /* terminals since boot; each is 384 bytes */

OsUser *os_user_new(const char *name, double login_time)
{
    OsUser *user = g_new0(OsUser, 1);
    user->name = g_utf8_make_valid(name, -1);
    user->login_time = login_time;
    return user;
}

/* Seconds are 32 bits wide where utmp is shared with 32-bit programs, unsigned since glibc 2.39. */
static double login_time(const struct utmpx *record)
{
    double seconds = sizeof record->ut_tv.tv_sec == sizeof(guint32)
                         ? (double)(guint32)record->ut_tv.tv_sec
                         : (double)record->ut_tv.tv_sec;
    gint64 fraction = record->ut_tv.tv_usec;
    gboolean sane = fraction >= 0 && fraction < G_USEC_PER_SEC;
    return seconds + (sane ? (double)fraction / G_USEC_PER_SEC : 0);
}

/* ut_user fills its field without a NUL when the name is that long. */
static GPtrArray *users_of_records(const char *records, gsize n)
{
    GPtrArray *users = g_ptr_array_new_with_free_func((GDestroyNotify)os_user_free);
    struct utmpx record;

    for (gsize i = 0; i < n; i++) {
        memcpy(&record, records + i * sizeof record, sizeof record);
        if (record.ut_type == USER_PROCESS && record.ut_user[0]) {
            g_autofree char *name = g_strndup(record.ut_user, sizeof record.ut_user);
            g_ptr_array_add(users, os_user_new(name, login_time(&record)));
        }
    }
    return users;
}

/* systemd can be built without utmp (Debian 13, openSUSE): then there is no file, or an empty one
 * that some package made.  Where utmp is kept it holds the boot record at least. */
GPtrArray *os_users_list(GError **error)
{
    g_autofree char *path = os_root(UTMP_PATH);
    g_autoptr(GError) local = NULL;
    gsize length = 0;
    g_autofree char *records =
        os_read(path, UTMP_MAX_RECORDS * sizeof(struct utmpx), &length, &local);

    if (!records && !g_error_matches(local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&local));
        return NULL;
    }
    if (length < sizeof(struct utmpx))
        return os_users_from_login_service(error);
    return users_of_records(records, length / sizeof(struct utmpx));
}
