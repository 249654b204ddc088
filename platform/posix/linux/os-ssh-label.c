/* SPDX-License-Identifier: Apache-2.0 */
#include "os-ssh-label.h"

#include <string.h>
#include <sys/xattr.h>

#define LABEL     "security.selinux"
#define LABEL_MAX 1024 /* bytes; a context with many categories has some hundred */

void os_ssh_label_copy(int from, int to)
{
    char label[LABEL_MAX], now[LABEL_MAX];
    ssize_t length = fgetxattr(from, LABEL, label, sizeof label);
    ssize_t length_now = fgetxattr(to, LABEL, now, sizeof now);

    if (length > 0 && (length != length_now || memcmp(label, now, (size_t)length) != 0))
        fsetxattr(to, LABEL, label, (size_t)length, 0);
}
