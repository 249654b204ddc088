/* SPDX-License-Identifier: Apache-2.0 */
#include "os-cpu.h"
#include "os-error.h"
#include "os-root.h"
#include "os-sysfs.h"

#include <errno.h>
#include <unistd.h>

/* Documentation/core-api/cpu_hotplug.rst and Documentation/admin-guide/cputopology.rst of Linux. */
#define CPUS "/sys/devices/system/cpu"

static char *path_of(gint64 id, const char *attribute)
{
    g_autofree char *path = g_strdup_printf(CPUS "/cpu%" G_GINT64_FORMAT "/%s", id, attribute);
    return os_root(path);
}

/* A processor that cannot be taken out of use has no file for it: the first one of most machines,
 * all of them where the kernel was built without CONFIG_HOTPLUG_CPU. */
static gboolean get(gint64 id, OsCpu *cpu, GError **error)
{
    g_autofree char *directory = path_of(id, "");
    g_autofree char *path = path_of(id, "online");
    char state[OS_SYSFS_MAX] = "";
    gboolean can_offline;

    if (access(directory, F_OK) == -1)
        return os_error(error, "open(\"%s\")", directory);
    can_offline = os_sysfs_read(path, state);
    if (!can_offline && errno != ENOENT)
        return os_error(error, "failed to read '%s'", path);
    *cpu = (OsCpu){id, !can_offline || state[0] != '0', can_offline};
    return TRUE;
}

/* @set is what the kernel writes as "0-3,8". */
static gboolean contains(const char *set, guint64 id)
{
    char *end;
    guint64 first, last;
    do {
        first = last = g_ascii_strtoull(set, &end, 10);
        if (*end == '-')
            last = g_ascii_strtoull(end + 1, &end, 10);
        if (id >= first && id <= last)
            return TRUE;
        set = end + 1;
    } while (*end == ',');
    return FALSE;
}

/* POWER has a directory for every processor that could be plugged in some day. */
static gboolean is_present(const char *present, guint64 id)
{
    return *present == '\0' || contains(present, id);
}

GArray *os_cpu_list(GError **error)
{
    g_autofree char *directory = os_root(CPUS), *path = os_root(CPUS "/present");
    g_autoptr(GArray) numbers = os_sysfs_numbers(directory, "cpu", G_MAXINT64, error);
    g_autoptr(GArray) cpus = g_array_new(FALSE, FALSE, sizeof(OsCpu));
    char present[OS_SYSFS_MAX] = "";

    if (!numbers)
        return NULL;
    (void)os_sysfs_read(path, present);
    for (guint i = 0; i < numbers->len; i++) {
        guint64 id = g_array_index(numbers, guint64, i);
        g_autoptr(GError) failure = NULL;
        OsCpu cpu;
        if (is_present(present, id) && get((gint64)id, &cpu, &failure))
            g_array_append_val(cpus, cpu);
        else if (failure && !g_error_matches(failure, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)) {
            g_propagate_error(error, g_steal_pointer(&failure));
            return NULL;
        }
    }
    return g_steal_pointer(&cpus);
}

gboolean os_cpu_set_online(gint64 id, gboolean online, GError **error)
{
    g_autofree char *path = path_of(id, "online");
    OsCpu cpu;

    if (!get(id, &cpu, error))
        return FALSE;
    if (cpu.online == !!online)
        return TRUE;
    if (!cpu.can_offline) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                    "processor %" G_GINT64_FORMAT " is always in use", id);
        return FALSE;
    }
    return os_sysfs_write(path, online ? "1" : "0") ||
           os_error(error, "failed to write '%s'", path);
}
