/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* Whose bytes are whose, when they are read from a port after its host has left.
 *
 * The next host's first bytes may be here before the news that it came, and with the last one's
 * stream its sync would be lost: what begins as a host begins, with 0xFF, is the next one's.  @next
 * takes that; NULL if there will be no next host. */

/* How many of the @len bytes are those of the host that left; the others are added to @next. */
gsize os_port_rest_own(const guint8 *bytes, gsize len, GByteArray *next);

/* Empties the port @fd into @rest and @next, up to a limit. */
void os_port_rest_take(int fd, GByteArray *rest, GByteArray *next);
