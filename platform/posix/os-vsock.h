/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <sys/socket.h>

/* The sockets between a guest and its host, vsock(7).  An OS without them refuses. */

/* "CID:PORT", CID -1 or "any" for every address of this guest.  A bound, listening, non-blocking
 * socket; -1 and *error. */
int os_vsock_listen(const char *address, GError **error);

/* "CID:PORT".  A socket that is connected or still connecting; -1 and *error. */
int os_vsock_connect(const char *address, GError **error);

/* Whether @family is that of these sockets. */
gboolean os_vsock_is(int family);

/* The CID in an address of that family. */
guint32 os_vsock_cid(const struct sockaddr_storage *address);
