/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* What kind of system this is.  Strings are UTF-8, bytes that are not were replaced by U+FFFD. */

typedef struct {
    char *kernel_release; /* uname -r; any of these is NULL if unknown */
    char *kernel_version; /* uname -v */
    char *machine;        /* uname -m */
    char *id;             /* the rest is os-release(5), Windows: the registry */
    char *name;
    char *pretty_name;
    char *version;
    char *version_id;
    char *variant;
    char *variant_id;
} OsSystemInfo;

/* Reads files, so it runs on a lane.  A part that cannot be read is left NULL; NULL and *error only
 * if nothing at all can be said.  POSIX: $QGA_OS_RELEASE, else /etc/os-release, else
 * /usr/lib/os-release. */
OsSystemInfo *os_system_info(GError **error);
void os_system_info_free(OsSystemInfo *info);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OsSystemInfo, os_system_info_free)

/* The host name as it is now (not as it was at start-up); does not block. */
char *os_system_host_name(GError **error);

/* The time zone in force now: a change of the system's setting shows at the next call.  UTC if the
 * system has none.  Reads files, so it runs on a lane.  POSIX: $TZ, else /etc/localtime. */
GTimeZone *os_system_time_zone(void);

/* Tells one start of the system from every other; NULL if that is unknown.  Reads a file. */
char *os_system_boot_id(void);

/* Mean number of runnable tasks over 1, 5 and 15 minutes; does not block. */
gboolean os_system_load(double load[3], GError **error);
