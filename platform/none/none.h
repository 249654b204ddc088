/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <gio/gio.h>

/* The back end of a system that can do nothing: what a new port starts from, and proof of what core
 * needs to be linked.  A port replaces file by file.  Functions that take an object which no
 * function here makes are never called. */

/* "not supported on this system", G_IO_ERROR_NOT_SUPPORTED.  Always FALSE. */
gboolean none_fail(GError **error);

/* The same for a function that returns a pointer: always NULL. */
gpointer none_fail_null(GError **error);
