/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <sys/un.h>

/* The address of the socket at @path; FALSE and *error if it does not fit. */
gboolean os_unix_address(const char *path, struct sockaddr_un *address, GError **error);
