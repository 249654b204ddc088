/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-error.h"

/* For the few contracts whose error is the OS's text alone: sets *error so for the Windows code
 * @code.  Always FALSE. */
gboolean os_error_alone(GError **error, guint32 code);

/* The same for a function that returns a pointer: always NULL. */
gpointer os_error_alone_null(GError **error, guint32 code);
