/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <winsock2.h>

/* The sockets between a guest and its host, which Windows has from virtio-win's viosock driver. */

/* "CID:PORT", CID -1 or "any" for every address of this guest.  A listening socket that sets @event
 * when somebody calls; INVALID_SOCKET and *error. */
SOCKET os_vsock_listen(const char *address, HANDLE event, GError **error);

/* The next caller and its CID; INVALID_SOCKET and the last error. */
SOCKET os_vsock_accept(SOCKET listener, guint32 *cid);

/* "CID:PORT".  A connected socket; INVALID_SOCKET and *error. */
SOCKET os_vsock_connect(const char *address, GError **error);
