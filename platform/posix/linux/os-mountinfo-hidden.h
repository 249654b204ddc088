/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-mountinfo.h"

/* Sets `hidden` of each of @mounts (of OsMount *, ids differ): TRUE for those that a walk along
 * their mount point does not end in.  Takes time in proportion to the size of the table. */
void os_mountinfo_hidden_mark(const GPtrArray *mounts);

/* TRUE if @path is @directory or lies below it; both absolute, without a trailing slash. */
gboolean os_mountinfo_is_within(const char *path, const char *directory);
