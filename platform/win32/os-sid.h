/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <windows.h>

/* Who somebody is. */

/* Whether @sid is one of @n names ("S-1-5-18"). */
gboolean os_sid_is_among(PSID sid, const wchar_t *const *names, gsize n);

/* Those who may do everything anyway: the system, the administrators, the installer of Windows, to
 * whom what came with it belongs. */
gboolean os_sid_is_powerful(PSID sid);
