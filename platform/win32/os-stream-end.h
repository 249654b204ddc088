/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <windows.h>

/* Whether @code, of a read or write, says that nobody is there any more, rather than that something
 * went wrong.  A device (@is_port) has more ways to say so. */
gboolean os_stream_is_end(DWORD code, gboolean is_port);
