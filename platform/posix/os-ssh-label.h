/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Gives the file @to the security label of the file @from, where there are such things (SELinux)
 * and the policy permits it; a new file otherwise has what the policy says of new files there.
 * Calls nothing that is not async-signal-safe. */
void os_ssh_label_copy(int from, int to);
