/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* Who is logged in. */

typedef struct {
    char *name;        /* UTF-8 */
    char *domain;      /* Windows only, else NULL */
    double login_time; /* seconds since 1970 UTC, with fraction */
} OsUser;

/* One entry per login session, in the system's order; a user may occur more than once.  An empty
 * array if nobody is there or the system keeps no record.  Reads files or asks the login service,
 * so it runs on a lane.  The caller owns the array of OsUser.  POSIX: utmp(5), or where none is
 * kept the sessions of logind that belong to people. */
GPtrArray *os_users_list(GError **error);
void os_user_free(OsUser *user);
