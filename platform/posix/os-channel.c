/* SPDX-License-Identifier: Apache-2.0 */
#include "os-channel-private.h"
#include "os-error.h"
#include "os-vsock.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    FIRST_FD = 3,       /* SD_LISTEN_FDS_START of sd_listen_fds(3) */
    ACTIVATED_MAX = 64, /* sockets taken from the service manager */
};

const char *const os_channel_names[] = {"virtio-serial", "isa-serial", "unix-listen",
                                        "vsock-listen", NULL};

const OsChannelMethod os_channel_table[] = {
    {"/dev/virtio-ports/org.qemu.guest_agent.0", os_channel_virtio},
    {"/dev/ttyS0", os_channel_serial},
    {NULL, os_channel_unix},
    {NULL, os_channel_vsock},
};
G_STATIC_ASSERT(G_N_ELEMENTS(os_channel_table) + 1 == G_N_ELEMENTS(os_channel_names));

static gboolean has_option(int fd, int option, int wanted)
{
    int value = 0;
    socklen_t size = sizeof value;
    return getsockopt(fd, SOL_SOCKET, option, &value, &size) == 0 && value == wanted;
}

static OsChannel *activate(int fd, guint32 vsock_peer, const OsChannelEvents *events, gpointer data,
                           GError **error)
{
    struct sockaddr_storage own = {0};
    socklen_t size = sizeof own;

    if (getsockname(fd, (struct sockaddr *)&own, &size) < 0)
        return os_error_null(error, "descriptor %d given by the service manager", fd);
    if ((own.ss_family != AF_UNIX && !os_vsock_is(own.ss_family)) ||
        !has_option(fd, SO_TYPE, SOCK_STREAM) || !has_option(fd, SO_ACCEPTCONN, 1)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                    "descriptor %d given by the service manager is not a listening UNIX or vsock "
                    "stream socket",
                    fd);
        return NULL;
    }
    if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
        return os_error_null(error, "descriptor %d given by the service manager", fd);
    g_autofree char *name = g_strdup_printf("descriptor %d", fd);
    return os_channel_listener(fd, name, vsock_peer, events, data);
}

/* How many descriptors were handed to this process; FALSE if their number makes no sense. */
static gboolean count_given(guint64 *count, GError **error)
{
    const char *pid = g_getenv("LISTEN_PID");
    const char *fds = g_getenv("LISTEN_FDS");
    guint64 owner;

    *count = 0;
    if (!pid || !fds || !g_ascii_string_to_unsigned(pid, 10, 1, G_MAXINT32, &owner, NULL) ||
        owner != (guint64)getpid())
        return TRUE;
    if (g_ascii_string_to_unsigned(fds, 10, 0, ACTIVATED_MAX, count, NULL))
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                "the service manager gave LISTEN_FDS='%s', at most %d sockets are taken", fds,
                ACTIVATED_MAX);
    return FALSE;
}

/* The variables are dropped, or the programs we run would take themselves for the receiver. */
static gboolean take_given(guint64 *count, GError **error)
{
    static const char *const variables[] = {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"};
    gboolean ok = count_given(count, error);
    for (gsize i = 0; i < G_N_ELEMENTS(variables); i++)
        if (g_getenv(variables[i]))
            g_unsetenv(variables[i]);
    return ok;
}

GPtrArray *os_channel_activated(guint32 vsock_peer, const OsChannelEvents *events, gpointer data,
                                GError **error)
{
    g_autoptr(GPtrArray) channels = g_ptr_array_new_with_free_func((GDestroyNotify)os_channel_free);
    guint64 count;

    if (!take_given(&count, error))
        return NULL;
    for (int fd = FIRST_FD; fd < FIRST_FD + (int)count; fd++)
        fcntl(fd, F_SETFD, FD_CLOEXEC);
    for (int fd = FIRST_FD; fd < FIRST_FD + (int)count; fd++) {
        OsChannel *channel = activate(fd, vsock_peer, events, data, error);
        if (!channel)
            return NULL;
        g_ptr_array_add(channels, channel);
    }
    return g_steal_pointer(&channels);
}
