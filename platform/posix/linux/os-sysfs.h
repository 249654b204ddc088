/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* Files of /sys that hold one value.  What goes wrong is left in errno: there are callers that pass
 * the number on.  Paths are complete, see os_root(). */

#define OS_SYSFS_MAX 4096 /* bytes of a value: the kernel gives a page to each */

/* The value in @path, without the newline; FALSE and errno. */
gboolean os_sysfs_read(const char *path, char text[OS_SYSFS_MAX]);

/* FALSE and errno, that of opening or what the kernel says to @text. */
gboolean os_sysfs_write(const char *path, const char *text);

/* Numbers (guint64, at most @max) of the entries in @directory that are called @prefix and a
 * number, ascending; NULL and *error if it cannot be read. */
GArray *os_sysfs_numbers(const char *directory, const char *prefix, guint64 max, GError **error);
