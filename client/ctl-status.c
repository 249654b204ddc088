/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"
#include "console.h"
#include "facts.h"
#include "failure.h"

/* The questions, all asked at once, in the order of the page; what the agent cannot answer is left
 * out. */
static const struct {
    const char *command;
    void (*put)(Facts *facts, const Reply *reply);
} questions[] = {
    {"guest-get-host-name", facts_host_name},
    {"guest-get-osinfo", facts_os},
    {"guest-get-timezone", facts_zone},
    {"guest-get-time", facts_time},
    {"guest-get-load", facts_load},
    {"guest-get-users", facts_users},
    {"guest-network-get-interfaces", facts_network},
    {"guest-fsfreeze-status", facts_freeze},
    {"guest-info", facts_agent},
};

static void ask_all(Connection *connection)
{
    for (gsize i = 0; i < G_N_ELEMENTS(questions); i++) {
        Request *request = request_new(questions[i].command);
        request_end(request);
        connection_send(connection, request);
    }
}

static gboolean print_card(Connection *connection, GError **error)
{
    g_auto(Facts) facts = {0};
    Reply reply;

    facts_init(&facts, console_has_style(CONSOLE_OUT));
    for (gsize i = 0; i < G_N_ELEMENTS(questions); i++) {
        if (!connection_receive(connection, CONNECTION_REPLY_MAX, &reply, error))
            return FALSE;
        if (!reply.error)
            questions[i].put(&facts, &reply);
    }
    return console_puts(CONSOLE_OUT, facts.card.text->str, error);
}

static gboolean print_json(Connection *connection, GError **error)
{
    g_autoptr(GString) out = g_string_new("{");
    Reply reply;

    for (gsize i = 0; i < G_N_ELEMENTS(questions); i++) {
        if (!connection_receive(connection, CONNECTION_REPLY_MAX, &reply, error))
            return FALSE;
        g_string_append_printf(out, "%s\"%s\": ", i > 0 ? ", " : "", questions[i].command);
        va_json_write(reply.document, 0, out);
    }
    g_string_append(out, "}\n");
    return console_puts(CONSOLE_OUT, out->str, error);
}

int ctl_status(const Options *options, char **arguments, GError **error)
{
    g_autoptr(Connection) connection = ctl_connect(options, error);
    if (!connection)
        return -1;
    ask_all(connection);
    gboolean printed =
        options->json ? print_json(connection, error) : print_card(connection, error);
    return printed ? EXIT_DONE : -1;
}
