/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* The whole of the regular file @path, at most @max bytes, with a NUL after them; *length may be
 * NULL.  Files of /proc count as regular.  A FIFO, a device or a directory in its place is an
 * error, never a wait, and so is a file that holds more.  The caller frees it.
 * Error: "failed to read 'PATH': ..."; a missing file is G_IO_ERROR_NOT_FOUND. */
char *os_read(const char *path, gsize max, gsize *length, GError **error);
