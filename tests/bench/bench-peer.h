/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>

/* What bench.c needs of a system.  Whatever fails ends the program, and says why. */

typedef struct Peer Peer; /* a connection to an agent */

Peer *peer_open(const char *address);
void peer_put(Peer *peer, const void *data, size_t size);
size_t peer_get(Peer *peer, void *buf, size_t size); /* at least a byte */

double peer_now(void); /* seconds, monotonic */

/* A new file with @data, its whole path as it can stand in JSON; free() it. */
char *peer_make_file(const void *data, size_t size);
void peer_remove_file(const char *path);

/* A program that does nothing: "path" and "arg" as guest-exec takes them; free() it. */
char *peer_program(void);

_Noreturn void peer_die(const char *what); /* with the system's last error */
