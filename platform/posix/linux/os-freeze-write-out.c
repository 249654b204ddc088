/* SPDX-License-Identifier: Apache-2.0 */
#include "os-fd.h"
#include "os-freeze.h"
#include "os-read.h"
#include "os-root.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define INTERVAL     "/proc/sys/vm/dirty_writeback_centisecs"
#define INTERVAL_MAX 32u /* bytes of its text */
#define MEMINFO_MAX  65536u

static gboolean set_interval(const char *path, guint64 centiseconds)
{
    char text[INTERVAL_MAX];
    int length = snprintf(text, sizeof text, "%" G_GUINT64_FORMAT "\n", centiseconds);
    g_auto(OsFd) fd = open(path, O_WRONLY | O_CLOEXEC);

    return fd != -1 && write(fd, text, (size_t)length) == length;
}

/* Only a new value that is not 0, which means never, wakes the threads. */
gboolean os_freeze_start_write_out(void)
{
    g_autofree char *path = os_root(INTERVAL);
    g_autofree char *text = os_read(path, INTERVAL_MAX, NULL, NULL);
    guint64 interval;

    if (!text ||
        !g_ascii_string_to_unsigned(g_strchomp(text), 10, 0, G_MAXINT32 - 1, &interval, NULL))
        return FALSE;
    gboolean begun = set_interval(path, interval + 1);
    return set_interval(path, interval) && begun;
}

static gint64 kibibytes(const char *meminfo, const char *name)
{
    const char *line = strstr(meminfo, name);
    return line ? g_ascii_strtoll(line + strlen(name), NULL, 10) : 0;
}

gint64 os_freeze_unwritten(void)
{
    g_autofree char *path = os_root("/proc/meminfo");
    g_autofree char *text = os_read(path, MEMINFO_MAX, NULL, NULL);

    return text ? (kibibytes(text, "\nDirty:") + kibibytes(text, "\nWriteback:")) * 1024 : 0;
}
