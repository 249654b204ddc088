/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* Passwords of the guest's accounts. */

/* Gives the account @user the password of @size bytes at @password, or, if @crypted, what is stored
 * for one.  The caller has made sure that neither holds a NUL or a line feed, and that @user and a
 * crypted password hold no colon.  No copy of it stays in memory.  FALSE: nothing was changed, or
 * it cannot be said; the message is what the system has to say about it, be it the text of a
 * program.  Blocks, up to a minute or two, so it runs on a lane. */
gboolean os_password_set(const char *user, const void *password, gsize size, gboolean crypted,
                         GError **error);

/* Overwrites @size bytes at @memory, even if nobody reads them any more. */
void os_password_wipe(gpointer memory, gsize size);
