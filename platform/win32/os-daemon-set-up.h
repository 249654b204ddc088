/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the process needs before anything else: libraries from System32 only, no message boxes that
 * nobody sees, no going on with a broken heap, standard streams without translation of line ends,
 * sockets. */
void os_daemon_set_up(void);
