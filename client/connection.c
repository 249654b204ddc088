/* SPDX-License-Identifier: Apache-2.0 */
#include "connection.h"

#include "failure.h"
#include "link.h"

/* Tidying up must not keep anybody waiting. */
#define FAREWELL_SECONDS 2.0

/* What may lie in the connection from before: replies that somebody else did not wait for. */
#define SYNC_SKIP_MAX CONNECTION_PAYLOAD_MAX

#define SYNC "guest-sync-delimited"

struct Connection {
    Link *link;
    GQueue pending;      /* names of commands */
    char *asked;         /* the command whose reply was handed out last... */
    VaDocument document; /* ...and that reply */
    double seconds;
};

/* Positive, and exact in every JSON library. */
static gint64 random_id(void)
{
    return (gint64)g_random_int() << 20 | g_random_int_range(1, 1 << 20);
}

static gboolean is_answer(const VaDocument *document, gint64 id)
{
    gint64 number = 0;
    VaJson value =
        va_json_kind(document, 0) == VA_JSON_OBJECT ? va_json_member(document, 0, "return") : 0;
    return value && va_json_int64(document, value, &number) && number == id;
}

static gboolean find_answer(Connection *connection, gint64 id, GError **error)
{
    VaDocument document;
    if (!link_skip_to_delimiter(connection->link, error))
        return FALSE;
    do {
        if (!link_document(connection->link, &document, error))
            return FALSE;
    } while (!is_answer(&document, id));
    return TRUE;
}

/* 0xFF ends whatever half a request an earlier client left behind.  An agent may complain about it
 * before it answers, and replies meant for that client may come first. */
static gboolean synchronise(Connection *connection, double seconds, GError **error)
{
    LinkStep step = {.seconds = seconds, .limit = SYNC_SKIP_MAX, .forgiving = TRUE};
    gint64 id = random_id();
    GString *text = g_string_new("\xFF");

    g_string_append_printf(
        text, "{\"execute\": \"" SYNC "\", \"arguments\": {\"id\": %" G_GINT64_FORMAT "}}\n", id);
    link_send(connection->link, text);
    link_begin(connection->link, &step);
    if (find_answer(connection, id, error))
        return TRUE;
    if (!g_error_matches(error ? *error : NULL, FAILURE, FAILURE_CONNECT))
        g_prefix_error(error, SYNC ": ");
    return FALSE;
}

Connection *connection_open(const char *address, double timeout, GError **error)
{
    g_autoptr(Link) link = link_open(address, error);
    if (!link)
        return NULL;
    g_autoptr(Connection) connection = g_new0(Connection, 1);
    connection->link = g_steal_pointer(&link);
    connection->seconds = timeout > 0 ? timeout : CONNECTION_COMMAND_SECONDS;
    g_queue_init(&connection->pending);
    if (!synchronise(connection, timeout > 0 ? timeout : CONNECTION_SYNC_SECONDS, error))
        return NULL;
    return g_steal_pointer(&connection);
}

void connection_free(Connection *connection)
{
    if (!connection)
        return;
    g_queue_clear_full(&connection->pending, g_free);
    g_free(connection->asked);
    link_free(connection->link);
    g_free(connection);
}

void connection_send(Connection *connection, Request *request)
{
    g_queue_push_tail(&connection->pending, g_steal_pointer(&request->command));
    if (request->text)
        link_send(connection->link, g_steal_pointer(&request->text));
    request_free(request);
}

guint connection_pending(const Connection *connection)
{
    return connection->pending.length;
}

static gboolean next_reply(Connection *connection, const LinkStep *step, Reply *reply,
                           GError **error)
{
    g_free(connection->asked);
    connection->asked = g_queue_pop_head(&connection->pending);
    link_begin(connection->link, step);
    if (!link_document(connection->link, &connection->document, error)) {
        g_prefix_error(error, "%s: ", connection->asked);
        return FALSE;
    }
    return reply_read(&connection->document, connection->asked, reply, error);
}

gboolean connection_receive(Connection *connection, gsize limit, Reply *reply, GError **error)
{
    LinkStep step = {.seconds = connection->seconds, .limit = limit};
    return next_reply(connection, &step, reply, error);
}

gboolean connection_call(Connection *connection, Request *request, gsize limit, Reply *reply,
                         GError **error)
{
    connection_send(connection, request);
    return connection_receive(connection, limit, reply, error) && reply_check(reply, error);
}

gboolean connection_drain(Connection *connection, GError **error)
{
    Reply reply;
    while (connection->pending.length > 0)
        if (!connection_receive(connection, CONNECTION_PAYLOAD_MAX, &reply, error))
            return FALSE;
    return TRUE;
}

/* One deadline for all that is due: a step each would let a guest multiply it. */
void connection_farewell(Connection *connection, Request *request)
{
    gint64 end = g_get_monotonic_time() + (gint64)(FAREWELL_SECONDS * G_USEC_PER_SEC);
    Reply reply;
    LinkStep step = {.limit = CONNECTION_PAYLOAD_MAX, .undisturbed = TRUE};

    connection_send(connection, request);
    do {
        step.seconds = (double)(end - g_get_monotonic_time()) / G_USEC_PER_SEC;
    } while (connection->pending.length > 0 && next_reply(connection, &step, &reply, NULL));
}
