/* SPDX-License-Identifier: Apache-2.0 */
#include "os-port-watch.h"

#include "os-error.h"
#include "os-fd.h"

#include <sys/epoll.h>

/* Edge-triggered, see epoll(7).  drivers/char/virtio_console.c wakes who waits for the port when
 * the host opens or closes its side, when bytes come in, when the host has taken bytes, and when
 * the port is unplugged. */
int os_port_watch_open(int fd, GError **error)
{
    struct epoll_event wanted = {.events = EPOLLIN | EPOLLOUT | EPOLLHUP | EPOLLET};
    g_auto(OsFd) watch = epoll_create1(EPOLL_CLOEXEC);
    if (watch < 0 || epoll_ctl(watch, EPOLL_CTL_ADD, fd, &wanted) < 0) {
        os_error(error, "failed to watch the port");
        return -1;
    }
    return os_fd_steal(&watch);
}

GIOCondition os_port_watch_take(int watch)
{
    static const struct {
        guint32 event;
        GIOCondition condition;
    } map[] = {
        {EPOLLIN, G_IO_IN}, {EPOLLOUT, G_IO_OUT}, {EPOLLHUP, G_IO_HUP}, {EPOLLERR, G_IO_ERR}};
    struct epoll_event event;
    GIOCondition seen = (GIOCondition)0;

    if (epoll_wait(watch, &event, 1, 0) != 1)
        return seen;
    for (gsize i = 0; i < G_N_ELEMENTS(map); i++)
        if (event.events & map[i].event)
            seen |= map[i].condition;
    return seen;
}
