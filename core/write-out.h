/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* Has what is dirty written out, everywhere, while programs go on: the long part of a freeze, done
 * before it.  Returns when little is left, or it does not get less (a dead disk, or one as fast as
 * programs write), or @seconds have passed, or *@give_up (atomic) is not 0 any more.  Blocks: for
 * lanes. */
void va_write_out(guint seconds, const gint *give_up);
