/* SPDX-License-Identifier: Apache-2.0 */
#include "os-sysfs.h"
#include "os-error.h"
#include "os-fd.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DIR, closedir)

/* One read gets all of it: each further one would have the kernel make up the value anew. */
gboolean os_sysfs_read(const char *path, char text[OS_SYSFS_MAX])
{
    g_auto(OsFd) fd = open(path, O_RDONLY | O_CLOEXEC);
    gssize got = fd == -1 ? -1 : read(fd, text, OS_SYSFS_MAX - 1);

    if (got == -1)
        return FALSE;
    text[got] = '\0';
    text[strcspn(text, "\n")] = '\0';
    return TRUE;
}

gboolean os_sysfs_write(const char *path, const char *text)
{
    g_auto(OsFd) fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    gssize length = (gssize)strlen(text);
    gssize put = fd == -1 ? -1 : write(fd, text, (gsize)length);

    if (put >= 0 && put < length)
        errno = EIO;
    return put == length;
}

static int compare_numbers(gconstpointer a, gconstpointer b)
{
    guint64 one = *(const guint64 *)a, other = *(const guint64 *)b;
    return (one > other) - (one < other);
}

/* No sign, no leading zero: those are names of something else. */
static gboolean number_of(const char *name, const char *prefix, guint64 max, guint64 *number)
{
    const char *digits = name + strlen(prefix);
    return g_str_has_prefix(name, prefix) && (digits[0] != '0' || digits[1] == '\0') &&
           g_ascii_string_to_unsigned(digits, 10, 0, max, number, NULL);
}

GArray *os_sysfs_numbers(const char *directory, const char *prefix, guint64 max, GError **error)
{
    g_autoptr(DIR) dir = opendir(directory);
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(guint64));
    const struct dirent *entry;
    guint64 number;

    if (!dir)
        return os_error_null(error, "failed to read '%s'", directory);
    while ((entry = readdir(dir)))
        if (number_of(entry->d_name, prefix, max, &number))
            g_array_append_val(numbers, number);
    g_array_sort(numbers, compare_numbers);
    return g_steal_pointer(&numbers);
}
