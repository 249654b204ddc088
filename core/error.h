/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * Errors on their way to the host.  The wire knows two classes: CommandNotFound is
 * VA_ERROR_COMMAND_NOT_FOUND, everything else, of whatever domain, is GenericError.
 */
typedef enum {
    VA_ERROR_GENERIC,
    VA_ERROR_COMMAND_NOT_FOUND, /* unknown, or not allowed now */
} VaErrorCode;

#define VA_ERROR (va_error_quark())
GQuark va_error_quark(void);

/* Sets *error to a VA_ERROR_GENERIC; always FALSE. */
gboolean va_fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
