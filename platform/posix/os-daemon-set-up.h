/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a process must settle before it opens, allocates or starts anything: SIGPIPE, descriptors
 * that are missing or were inherited, the allocator.  A part of os_daemon_new(). */
void os_daemon_set_up(void);
