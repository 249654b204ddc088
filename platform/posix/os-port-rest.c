/* SPDX-License-Identifier: Apache-2.0 */
#include "os-port-rest.h"

#include <string.h>
#include <unistd.h>

enum {
    PIECE = 4096,       /* what the driver hands out at once: its buffers are a page each */
    REST_MAX = 1 << 20, /* bytes kept of a host that left; the port's own buffers hold half of it */
    BEGIN = 0xFF,       /* what a host that starts afresh sends first; no part of UTF-8 */
};

gsize os_port_rest_own(const guint8 *bytes, gsize len, GByteArray *next)
{
    const guint8 *begin = len && next ? memrchr(bytes, BEGIN, len) : NULL;
    if (!begin)
        return len;
    gsize own = (gsize)(begin - bytes);
    g_byte_array_append(next, begin, (guint)(len - own));
    return own;
}

static void drain(int fd, GByteArray *rest)
{
    guint8 piece[PIECE];
    ssize_t n = 1;
    while (n > 0 && rest->len < REST_MAX) {
        n = read(fd, piece, sizeof piece);
        if (n > 0)
            g_byte_array_append(rest, piece, (guint)n);
    }
}

void os_port_rest_take(int fd, GByteArray *rest, GByteArray *next)
{
    guint before = rest->len;
    drain(fd, rest);
    if (rest->len == before)
        return;
    gsize own = os_port_rest_own(rest->data + before, rest->len - before, next);
    g_byte_array_set_size(rest, before + (guint)own);
}
