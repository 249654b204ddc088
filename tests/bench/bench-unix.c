/* SPDX-License-Identifier: Apache-2.0 */
#include "bench-peer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

struct Peer {
    int fd;
};

void peer_die(const char *what)
{
    fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
    exit(1);
}

Peer *peer_open(const char *address)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    Peer *peer = malloc(sizeof *peer);

    peer->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    strncpy(name.sun_path, address, sizeof name.sun_path - 1);
    if (connect(peer->fd, (struct sockaddr *)&name, sizeof name) < 0)
        peer_die(address);
    return peer;
}

void peer_put(Peer *peer, const void *data, size_t size)
{
    const char *from = data;
    while (size > 0) {
        ssize_t n = send(peer->fd, from, size, MSG_NOSIGNAL);
        if (n < 0 && errno != EINTR)
            peer_die("send");
        if (n > 0) {
            from += n;
            size -= (size_t)n;
        }
    }
}

size_t peer_get(Peer *peer, void *buf, size_t size)
{
    ssize_t n = recv(peer->fd, buf, size, 0);
    if (n <= 0)
        peer_die("recv");
    return (size_t)n;
}

double peer_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

char *peer_make_file(const void *data, size_t size)
{
    char *path = strdup("/tmp/va-bench-XXXXXX");
    int fd = mkstemp(path);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        peer_die(path);
    close(fd);
    return path;
}

void peer_remove_file(const char *path)
{
    unlink(path);
}

char *peer_program(void)
{
    return strdup("\"path\":\"/bin/true\"");
}
