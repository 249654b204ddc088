/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* pread(2), but of the page cache only: what would wait for a medium counts as not there.  -1 if
 * that is all of it, or if this file or system cannot tell. */
gssize os_read_cached(int fd, void *buf, gsize len, gint64 offset);
