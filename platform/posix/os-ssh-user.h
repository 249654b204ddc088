/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-as-user.h"
#include "os-ssh-files.h"

struct OsSshUser {
    OsAsUser who;
    char *home;
    guint patience; /* milliseconds that a look at the files, or their change, may take */
    OsSshSeen seen;
};

/* What os_ssh_user_find() makes of an entry of the user database; takes over @groups.  Tests make
 * users that are in none. */
OsSshUser *os_ssh_user_new(uid_t uid, gid_t gid, gid_t *groups, gsize n_groups, const char *home);
