/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-error.h"

#include <windows.h>

/* As os_error_code(), with words for the codes of VSS, which the system has none for. */
gboolean os_vss_error(GError **error, HRESULT code, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* Those words, or NULL. */
const char *os_vss_text(HRESULT code);
