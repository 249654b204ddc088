/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* The assignments of an os-release(5) file. */

#define OS_RELEASE_MAX (64 * 1024) /* bytes; those of real systems have less than one thousand */

/* The values of @text by name, both UTF-8; the last assignment to a name wins, as in a shell. Lines
 * that a shell would not read as a plain assignment (no quote at the end, an expansion, a second
 * word) are left out. */
GHashTable *os_release_parse(const char *text, gsize length);

/* The file of this system: $QGA_OS_RELEASE if that is set, whether it can be read or not, else
 * /etc/os-release, else /usr/lib/os-release.  An empty table if there is none. */
GHashTable *os_release_load(void);
