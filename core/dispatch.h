/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "command.h"

/*
 * One request on its way through: checked and decoded when it arrives, allowed and begun when its
 * turn comes, run (on a lane if it may block), ended, answered.
 */
typedef struct {
    const VaCommand *command; /* NULL: there is nothing to run, only the error to report */
    VaCall call;
    char *id;      /* as JSON text, NULL if none was sent */
    GError *error; /* what is wrong with it, or went wrong; NULL: all is well */
    gsize weight;  /* memory it keeps while it waits, in bytes, about */
} VaRequest;

/* What @document asks for.  Never fails: a request that cannot be carried out is one that answers
 * with its error. */
VaRequest *va_request_new(const VaDocument *document);

/* The answer to a document that could not be read; takes @error. */
VaRequest *va_request_broken(GError *error);

void va_request_free(VaRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VaRequest, va_request_free)

/* TRUE for guest-sync and its like: to be answered soon, whatever runs. */
gboolean va_request_is_sync(const VaRequest *request);

/* TRUE if it must not overtake another such request, of whatever session. */
gboolean va_request_is_in_order(const VaRequest *request);

/* FALSE for a mere question: nothing is lost if it is never carried out. */
gboolean va_request_changes(const VaRequest *request);

/* Main thread: asks the policy, takes what the command works on.  FALSE if there is nothing to run:
 * the request is ready to be answered. */
gboolean va_request_begin(VaRequest *request, VaAgent *agent);

/* Main thread, after va_request_begin(), of a blocking command: TRUE if it could be done without
 * blocking, and is. */
gboolean va_request_at_once(VaRequest *request);

/* Main thread, after va_request_begin(): TRUE if the command is to be run when @wake is called. */
gboolean va_request_wait(VaRequest *request, VaWake wake, gpointer data);

/* The command itself: on a lane if it is blocking, else on the main thread. */
void va_request_run(VaRequest *request);

/* Main thread, after va_request_run(): does the books. */
void va_request_end(VaRequest *request);

/* Appends the reply line; nothing for a silent command that succeeded. */
void va_request_reply(const VaRequest *request, VaOutput *output);
