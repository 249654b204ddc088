/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

#define OS_VSOCK_ANY G_MAXUINT32 /* VMADDR_CID_ANY (linux/vm_sockets.h) */

/* The parts of "CID:PORT", where CID -1 or "any" is OS_VSOCK_ANY.  Error: "invalid vsock address
 * '...', expected CID:PORT". */
gboolean os_vsock_address_parse(const char *text, guint32 *cid, guint32 *port, GError **error);
