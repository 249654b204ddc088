/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "agent.h"

/*
 * One host at the other end of one stream: its reader, its lane, its queue of answers.
 *
 * Answers leave strictly in the order of the requests.  A sync that waits behind a running command
 * for a second is answered then; the answers of what was asked before it are dropped.
 */
typedef struct VaSession VaSession;

#define VA_SESSION_SYNC_PATIENCE 1000u          /* milliseconds */
#define VA_SESSION_OUTPUT_MAX    (1024u * 1024) /* unsent bytes beyond which nothing is begun */
#define VA_SESSION_WAITING_MAX   1024u          /* requests not carried out yet... */
#define VA_SESSION_WEIGHT_MAX                                                                      \
    (4u * 1024 * 1024) /* ...and their memory, beyond which nothing is read */
#define VA_SESSION_TURN_MAX (4u * 1024 * 1024) /* bytes read before other sessions get a turn */

/* The session has no more to do; the callee frees it. */
typedef void (*VaSessionEnded)(VaSession *session, gpointer data);

/* Takes @stream. */
VaSession *va_session_new(VaAgent *agent, OsStream *stream, VaSessionEnded ended, gpointer data);

/* Hangs up.  Complete requests are still carried out, their answers dropped. */
void va_session_free(VaSession *session);
