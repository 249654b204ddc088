/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* What the system says of the Windows code @code, on one line; in English where it has that, as
 * hosts look for words in these texts.  NULL: nothing.  Free with g_free(). */
char *os_error_text(guint32 code);
