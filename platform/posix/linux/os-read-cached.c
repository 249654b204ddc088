/* SPDX-License-Identifier: Apache-2.0 */
#include "os-read-cached.h"

#include <sys/uio.h>

/* RWF_NOWAIT is there for buffered reads since Linux 4.14; file systems that cannot do it say
 * EOPNOTSUPP (readv(2)). */
gssize os_read_cached(int fd, void *buf, gsize len, gint64 offset)
{
    struct iovec piece = {.iov_base = buf, .iov_len = len};
    return preadv2(fd, &piece, 1, offset, RWF_NOWAIT);
}
