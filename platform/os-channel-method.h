/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-channel.h"

/* What channels are for a back end that has any: os-channel.c there has the table of its methods,
 * os-channel-method.c looks it up for all of them. */

/* The beginning of every kind of channel. */
struct OsChannel {
    OsChannelEvents events; /* of the kinds that give streams themselves */
    gpointer data;
    void (*free)(OsChannel *channel);
};

/* Opens a channel of one method, see os_channel_open(). */
typedef OsChannel *(*OsChannelOpen)(const OsChannelAddress *address, const OsChannelEvents *events,
                                    gpointer data, GError **error);

typedef struct {
    const char *path; /* by default; NULL: there is none */
    OsChannelOpen open;
} OsChannelMethod;

/* Of the back end: names, NULL ends, and in the same order what they stand for. */
extern const char *const os_channel_names[];
extern const OsChannelMethod os_channel_table[];
