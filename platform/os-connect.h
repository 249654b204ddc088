/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-stream.h"

/* Starts to connect to an agent, from the host: @address is the path of a unix socket or
 * "vsock:CID:PORT"; on Windows that of a named pipe, "\\.\pipe\NAME", whose server may learn who
 * we are but not act in our name, and which may be busy for two seconds.  The stream is writable
 * once connected; a refused connection is the error of the first write or read, or comes at once
 * where it is known at once: NULL and *error, naming @address. */
OsStream *os_connect(const char *address, GError **error);
