/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "document.h"

/*
 * What the agent answered.  Nothing in it is believed before it has been looked at: a member that
 * is missing, of another type or out of range is FAILURE_PROTOCOL.
 */
typedef struct {
    const char *command; /* that was asked; for messages */
    const VaDocument *document;
    VaJson value; /* of "return"; 0 if it is an error */
    VaJson error; /* of "error"; 0 if it is not */
} Reply;

/* Takes the two kinds of replies apart; anything else is FAILURE_PROTOCOL. */
gboolean reply_read(const VaDocument *document, const char *command, Reply *reply, GError **error);

/* FALSE and FAILURE_AGENT, FAILURE_AGENT_UNKNOWN if the agent refused. */
gboolean reply_check(const Reply *reply, GError **error);

/* The return value itself, a whole number. */
gboolean reply_integer(const Reply *reply, gint64 *number, GError **error);

/* Members of the return value. */
gboolean reply_get_integer(const Reply *reply, const char *name, gint64 *number, GError **error);
gboolean reply_get_boolean(const Reply *reply, const char *name, gboolean *value, GError **error);
/* *bytes is NULL if there is no such member. */
gboolean reply_get_bytes(const Reply *reply, const char *name, GBytes **bytes, GError **error);

/* The member @name of any object, 0 if there is none; likewise its text, number... if it is one. */
VaJson reply_member(const Reply *reply, VaJson object, const char *name);
gboolean reply_find_double(const Reply *reply, VaJson object, const char *name, double *number);
gboolean reply_find_integer(const Reply *reply, VaJson object, const char *name, gint64 *number);
/* NULL unless it is a string. */
const char *reply_text(const Reply *reply, VaJson object, const char *name);
gboolean reply_is_true(const Reply *reply, VaJson object, const char *name);

/* The first element of the array @list, 0 if it is none or empty; and the one after @item. */
VaJson reply_first(const Reply *reply, VaJson list);
VaJson reply_next(const Reply *reply, VaJson list, VaJson item);

/* FAILURE_PROTOCOL: a reply that cannot be, because of @what.  Always FALSE. */
gboolean reply_contradicts(const Reply *reply, GError **error, const char *what);
