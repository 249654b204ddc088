/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-users.h"

/* What os_users_list() gives where no utmp file is kept: the sessions of the login service.  An
 * empty array if there is no such service. */
GPtrArray *os_users_from_login_service(GError **error);

/* @name need not be UTF-8; @login_time in seconds since 1970 UTC. */
OsUser *os_user_new(const char *name, double login_time);
