/* SPDX-License-Identifier: Apache-2.0 */
#include "session.h"

#include "lane.h"
#include "wire.h"

struct VaSession {
    OsStream *stream;
    VaWire *wire;
    VaLane *lane;
    VaOutput *output;
    VaSessionEnded ended;
    gpointer data;
    guint patience;     /* source of the timer that a waiting sync has started; 0 is none */
    gboolean working;   /* answers are being collected and will be sent in one go */
    gboolean peer_done; /* it sends no more; what it sent is still to be answered */
    gboolean broken;    /* nobody will read an answer */
};

static void settle(VaSession *session);

static void answer(VaRequest *request, gpointer data)
{
    VaSession *session = data;

    va_request_reply(request, session->output);
    va_request_free(request);
    if (!session->working)
        settle(session);
}

static gboolean output_full(const VaSession *session)
{
    return va_output_pending(session->output) > VA_SESSION_OUTPUT_MAX;
}

static gboolean lane_full(const VaSession *session)
{
    return va_lane_length(session->lane) >= VA_SESSION_WAITING_MAX ||
           va_lane_weight(session->lane) >= VA_SESSION_WEIGHT_MAX;
}

static gboolean accepts(const VaSession *session)
{
    return !session->broken && !output_full(session) && !lane_full(session);
}

static gboolean patience_over(gpointer data)
{
    VaSession *session = data;

    session->patience = 0;
    g_message("a command takes long; its session goes on without it");
    session->lane = va_lane_split(session->lane);
    settle(session);
    return G_SOURCE_REMOVE;
}

/* The timer runs exactly while a sync waits. */
static void watch_patience(VaSession *session)
{
    gboolean waits = va_lane_sync_waits(session->lane) && !output_full(session);

    if (waits && !session->patience)
        session->patience = g_timeout_add(VA_SESSION_SYNC_PATIENCE, patience_over, session);
    else if (!waits)
        g_clear_handle_id(&session->patience, g_source_remove);
}

/* Carries out what has been received, as far as there is room for it. */
static void digest(VaSession *session)
{
    while (accepts(session)) {
        VaDocument document;
        GError *error = NULL;

        switch (va_wire_next(session->wire, &document, &error)) {
        case VA_WIRE_MORE:
            return;
        case VA_WIRE_DOCUMENT:
            va_lane_push(session->lane, va_request_new(&document));
            break;
        case VA_WIRE_BROKEN:
            va_lane_push(session->lane, va_request_broken(error));
            break;
        }
    }
}

/* Reads until there is no more, no room, or it is the others' turn. */
static void receive(VaSession *session)
{
    for (gsize turn = 0; turn < VA_SESSION_TURN_MAX && !session->peer_done && accepts(session);) {
        g_autoptr(GError) error = NULL;
        gsize size, got;
        char *space = va_wire_space(session->wire, &size);
        OsIo io = os_stream_read(session->stream, space, size, &got, &error);

        if (io == OS_IO_AGAIN)
            return;
        if (io != OS_IO_DONE) {
            session->peer_done = TRUE;
            session->broken = io == OS_IO_FAILED || !os_stream_half_closes(session->stream);
            if (error)
                g_message("lost a host: %s", error->message);
            return;
        }
        va_wire_received(session->wire, got);
        digest(session);
        if (got < size)
            return;
        turn += got;
    }
}

/* Sends what is ready; FALSE if the stream takes no more for now. */
static gboolean send_answers(VaSession *session)
{
    g_autoptr(GError) error = NULL;

    switch (va_output_send(session->output, session->stream, &error)) {
    case OS_IO_DONE:
        return TRUE;
    case OS_IO_AGAIN:
        return FALSE;
    default:
        if (error)
            g_message("lost a host: %s", error->message);
        session->broken = TRUE;
        return FALSE;
    }
}

/* Sends answers and, as that makes room, carries out more of what has been received. */
static void work_off(VaSession *session)
{
    gboolean sent;

    session->working = TRUE;
    do {
        sent = send_answers(session);
        va_lane_hold(session->lane, output_full(session));
        digest(session);
    } while (sent && va_output_pending(session->output) > 0);
    session->working = FALSE;
}

static gboolean has_ended(const VaSession *session)
{
    return session->broken || (session->peer_done && va_lane_length(session->lane) == 0 &&
                               va_output_pending(session->output) == 0);
}

static void ready(OsStream *stream, gpointer data)
{
    VaSession *session = data;

    session->working = TRUE;
    receive(session);
    session->working = FALSE;
    settle(session);
}

static void settle(VaSession *session)
{
    OsWatch watch = OS_WATCH_NONE;

    work_off(session);
    if (has_ended(session)) {
        session->ended(session, session->data);
        return;
    }
    watch_patience(session);
    if (!session->peer_done && accepts(session))
        watch |= OS_WATCH_READ;
    if (va_output_pending(session->output) > 0)
        watch |= OS_WATCH_WRITE;
    os_stream_watch(session->stream, watch, ready, session);
}

VaSession *va_session_new(VaAgent *agent, OsStream *stream, VaSessionEnded ended, gpointer data)
{
    VaSession *session = g_new0(VaSession, 1);

    session->stream = stream;
    session->wire = va_wire_new();
    session->output = va_output_new();
    session->lane = va_lane_new(agent, answer, session);
    session->ended = ended;
    session->data = data;
    os_stream_watch(stream, OS_WATCH_READ, ready, session);
    return session;
}

void va_session_free(VaSession *session)
{
    if (!session)
        return;
    g_clear_handle_id(&session->patience, g_source_remove);
    va_lane_leave(session->lane);
    os_stream_free(session->stream);
    va_wire_free(session->wire);
    va_output_free(session->output);
    g_free(session);
}
