/* SPDX-License-Identifier: Apache-2.0 */
#include "os-read-cached.h"

#include <sys/uio.h>

/* RWF_NOWAIT is there for buffered reads since Linux 4.14; file systems that cannot do it say
 * EOPNOTSUPP (readv(2)).  Offset -1 is the current position, which moves. */
gssize os_read_cached(int fd, void *buf, gsize len)
{
    struct iovec piece = {.iov_base = buf, .iov_len = len};
    return preadv2(fd, &piece, 1, -1, RWF_NOWAIT);
}
