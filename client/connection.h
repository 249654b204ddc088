/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "reply.h"
#include "request.h"

/*
 * A conversation with an agent.  The guest may be hostile: every wait has an end, whatever trickles
 * in meanwhile, and so has every reply.  Replies come in the order of the requests; several may be
 * on their way at a time.  After FAILURE_CLOSED, _TIMEOUT or _PROTOCOL it is of no more use.
 */
#define CONNECTION_REPLY_MAX   (1u * 1024 * 1024)  /* bytes of an ordinary reply */
#define CONNECTION_PAYLOAD_MAX (96u * 1024 * 1024) /* of one with a file's contents in it */

#define CONNECTION_SYNC_SECONDS    10.0 /* connecting and synchronising, unless told otherwise */
#define CONNECTION_COMMAND_SECONDS 60.0 /* one command */

typedef struct Connection Connection;

/* Connects to @address (see os_connect()) and synchronises.  @timeout, in seconds, is for that and
 * then for every command; 0 takes the two defaults. */
Connection *connection_open(const char *address, double timeout, GError **error);
void connection_free(Connection *connection);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Connection, connection_free)

/* Puts @request, which it takes over, in the queue. */
void connection_send(Connection *connection, Request *request);

/* Requests without a reply so far. */
guint connection_pending(const Connection *connection);

/* Waits for the next reply, of at most @limit bytes.  It may be an error of the agent; see
 * reply_check().  *reply is good until the next call. */
gboolean connection_receive(Connection *connection, gsize limit, Reply *reply, GError **error);

/* Sends and waits; an error of the agent is a failure. */
gboolean connection_call(Connection *connection, Request *request, gsize limit, Reply *reply,
                         GError **error);

/* Takes what is still due and throws it away: FALSE if it does not come.  Agents' errors do not
 * count. */
gboolean connection_drain(Connection *connection, GError **error);

/* The same to tidy up after a failure: sends @request, gives it two seconds, ignores interrupts. */
void connection_farewell(Connection *connection, Request *request);
