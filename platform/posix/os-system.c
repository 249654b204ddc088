/* SPDX-License-Identifier: Apache-2.0 */
#include "os-system.h"
#include "os-error.h"
#include "os-read.h"
#include "os-release.h"
#include "os-root.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

#define BOOT_ID_MAX 64u /* bytes of its file; 37 are usual */

#ifndef HOST_NAME_MAX
#define HOST_NAME_MAX _POSIX_HOST_NAME_MAX
#endif

static void add_kernel(OsSystemInfo *info)
{
    struct utsname kernel;
    if (uname(&kernel) == -1)
        return;
    info->kernel_release = g_utf8_make_valid(kernel.release, -1);
    info->kernel_version = g_utf8_make_valid(kernel.version, -1);
    info->machine = g_utf8_make_valid(kernel.machine, -1);
}

static void add_release(OsSystemInfo *info)
{
    static const struct {
        const char *name;
        gsize offset;
    } members[] = {
        {"ID", offsetof(OsSystemInfo, id)},
        {"NAME", offsetof(OsSystemInfo, name)},
        {"PRETTY_NAME", offsetof(OsSystemInfo, pretty_name)},
        {"VERSION", offsetof(OsSystemInfo, version)},
        {"VERSION_ID", offsetof(OsSystemInfo, version_id)},
        {"VARIANT", offsetof(OsSystemInfo, variant)},
        {"VARIANT_ID", offsetof(OsSystemInfo, variant_id)},
    };
    g_autoptr(GHashTable) values = os_release_load();

    for (gsize i = 0; i < G_N_ELEMENTS(members); i++) {
        char **member = G_STRUCT_MEMBER_P(info, members[i].offset);
        *member = g_strdup(g_hash_table_lookup(values, members[i].name));
    }
}

OsSystemInfo *os_system_info(GError **error)
{
    OsSystemInfo *info = g_new0(OsSystemInfo, 1);
    add_kernel(info);
    add_release(info);
    return info;
}

/* g_get_host_name() is not it: it remembers its first answer. */
char *os_system_host_name(GError **error)
{
    char name[HOST_NAME_MAX + 1] = "";
    if (gethostname(name, sizeof name) == -1)
        return os_error_null(error, "failed to get the host name");
    name[sizeof name - 1] = '\0';
    return g_utf8_make_valid(name, -1);
}

/* g_time_zone_new_local() alone compares names, and so misses a file that was replaced by another;
 * named by its path the file is read anew. */
GTimeZone *os_system_time_zone(void)
{
    g_autofree char *path = os_root("/etc/localtime");
    GTimeZone *zone = g_getenv("TZ") ? g_time_zone_new_local() : g_time_zone_new_identifier(path);
    return zone ? zone : g_time_zone_new_utc();
}

gboolean os_system_load(double load[3], GError **error)
{
    double mean[3];
    if (getloadavg(mean, 3) != 3)
        return os_error(error, "failed to get the load average");
    memcpy(load, mean, sizeof mean);
    return TRUE;
}

/* random(4): made anew at each start of the kernel. */
char *os_system_boot_id(void)
{
    g_autofree char *path = os_root("/proc/sys/kernel/random/boot_id");
    char *text = os_read(path, BOOT_ID_MAX, NULL, NULL);
    return text ? g_strchomp(text) : NULL;
}
