/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <gio/gio.h>

/*
 * How a back end raises an error: one way, on every OS.
 *
 * The error's domain is G_IO_ERROR, its code is what GIO makes of the OS's own code (see
 * g_io_error_from_errno(), g_io_error_from_win32_error()), its message is "what: OS text".  The OS
 * text is in the C locale's English or the system's; the part before the colon is ours.
 */

/* Captures the calling thread's last OS error (errno, GetLastError) before anything else runs.
 * Always FALSE, so that a failing function ends in `return os_error(error, "...", ...);` */
gboolean os_error(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The same for a code that came back by value (posix_spawn(), getaddrinfo-like calls). */
gboolean os_error_code(GError **error, int code, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* The same as os_error() for a function that returns a pointer: always NULL. */
gpointer os_error_null(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
