/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-channel.h"

#include <windows.h>

/* What Windows tells about a port, and a channel on it. */

typedef enum {
    OS_PORT_CAME = 1 << 0,  /* a host attached */
    OS_PORT_LEFT = 1 << 1,  /* the host detached */
    OS_PORT_GOING = 1 << 2, /* the port is to be removed: it has to be closed first */
    OS_PORT_GONE = 1 << 3,  /* it was */
} OsPortNews;

/* Called on any thread.  OS_PORT_GOING: returns once the port was closed; FALSE if it was not. */
typedef gboolean (*OsPortTold)(OsPortNews news, gpointer data);

/* How to learn the news of a kind of port; tests have their own, with more behind it. */
typedef struct OsPortCalls OsPortCalls;
struct OsPortCalls {
    /* NULL: there is no such news */
    gpointer (*listen)(const OsPortCalls *calls, HANDLE port, OsPortTold told, gpointer data);
    /* Afterwards nothing is told any more.  Not to be called while the port is open. */
    void (*unlisten)(gpointer listener);
    gboolean (*has_host)(const OsPortCalls *calls, HANDLE port);
};

/* Those of vioserial's ports. */
extern const OsPortCalls os_port_vioserial;

/* A channel on @port, which it takes over, even on failure.  With @calls the port gives its stream
 * each time a host attaches, without (NULL, or if the news cannot be had) a single time. */
OsChannel *os_channel_port(HANDLE port, const char *path, const OsPortCalls *calls,
                           const OsChannelEvents *events, gpointer data, GError **error);
