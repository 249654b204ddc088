/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* Notices what changes on a port, once per change: a port that stays hung up, or keeps bytes that
 * nobody reads, wakes nobody.  (poll() would report POLLHUP for as long as no host is attached.) */

/* A descriptor that polls as readable after something happened on @fd; what is the case already
 * counts as having happened.  The caller closes it, before @fd.  -1 and *error. */
int os_port_watch_open(int fd, GError **error);

/* What is the case, if something happened since the last call; 0 if nothing did. */
GIOCondition os_port_watch_take(int watch);
