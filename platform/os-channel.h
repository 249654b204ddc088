/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-stream.h"

/*
 * Where hosts come in: a listening socket or named pipe, or a serial port.  A channel makes
 * streams; core/ does not know of which kind.
 *
 * A listener gives a stream for each connection, any number at once.  A virtio port gives one when
 * a host process attaches to it and, after that stream ended and was freed, waits for the next:
 * without a timer (Linux: EPOLLET on the port, drivers/char/virtio_console.c wakes its readers when
 * the host opens or closes its side; Windows: events of vioserial's device, which
 * CM_Register_Notification() delivers).  An isa-serial port cannot see its host and gives one
 * stream for good: once that has been freed the channel is lost.  Windows: a virtio port whose
 * driver is to be updated or removed is closed at once, and lost.
 *
 * What a host left behind in a port still reaches its stream, and only its stream: the next host's
 * bytes come in the next one.
 */
typedef struct OsChannel OsChannel;

typedef struct {
    /* @stream, owned by the callee from here on, has a host at its other end. */
    void (*connected)(OsStream *stream, gpointer data);
    /* The channel gives no more streams: the port was unplugged, the socket broke.  Called at most
     * once, not from within os_channel_open(); the callee may free the channel and its streams. */
    void (*lost)(const GError *error, gpointer data);
} OsChannelEvents;

typedef struct {
    const char *method; /* one of os_channel_methods() */
    const char *path;   /* what it means depends on the method; NULL is the default path */
    guint32 vsock_peer; /* vsock-listen: the only CID let in; G_MAXUINT32 = any.  2 is the host */
} OsChannelAddress;

/* The CID of the host (VMADDR_CID_HOST, linux/vm_sockets.h). */
#define OS_VSOCK_HOST 2u

/* The names this OS knows: "virtio-serial", "isa-serial", "unix-listen" or (Windows) "pipe-listen",
 * "vsock-listen"; NULL ends. */
const char *const *os_channel_methods(void);

/* The path used when none is configured; NULL if @method needs one. */
const char *os_channel_default_path(const char *method);

/* Opens and starts to give streams from the thread's default main context.
 * unix-listen: a socket nobody listens on is replaced; anything else at that path is an error and
 * stays.  The socket is created 0660 and removed by os_channel_free().
 * pipe-listen: "\\.\pipe\NAME" or NAME.  The name must be free; only SYSTEM, administrators and,
 * if the agent is neither, its own user are let in, and nobody from another machine.
 * isa-serial: on Windows "COM1" and "\\.\COM1" are the same.
 * vsock-listen: "CID:PORT", CID -1 or "any" for every address of this guest; Windows has it from
 * virtio-win's viosock driver.
 * While descriptors are short, connections wait: they are tried again each second.
 * Errors name the path: no such port, busy, too long, not a socket, in use. */
OsChannel *os_channel_open(const OsChannelAddress *address, const OsChannelEvents *events,
                           gpointer data, GError **error);

/* The sockets that the service manager opened for us (sd_listen_fds(3)): unix and vsock, one or
 * more.  An empty array if there are none; an error if one is of no kind we speak. */
GPtrArray *os_channel_activated(guint32 vsock_peer, const OsChannelEvents *events, gpointer data,
                                GError **error);

/* Stops giving streams; those given live on, except a port's, which must be freed before. */
void os_channel_free(OsChannel *channel);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OsChannel, os_channel_free)
