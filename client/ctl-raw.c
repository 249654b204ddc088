/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"
#include "console.h"
#include "failure.h"
#include "wire.h"

#include <string.h>

/* How long a command that only answers when it fails is given for that. */
#define SILENT_SECONDS 5.0

static gboolean is_silent(const char *command)
{
    return g_str_equal(command, "guest-shutdown") || g_str_has_prefix(command, "guest-suspend-");
}

static char *command_of(const VaDocument *document)
{
    VaJson name =
        va_json_kind(document, 0) == VA_JSON_OBJECT ? va_json_member(document, 0, "execute") : 0;
    return g_strdup(name && va_json_kind(document, name) == VA_JSON_STRING
                        ? va_json_text(document, name)
                        : "request");
}

static void feed(VaWire *wire, const char **text, gsize *left)
{
    gsize size = 0;
    char *space = va_wire_space(wire, &size);
    size = MIN(size, *left);
    memcpy(space, *text, size);
    va_wire_received(wire, size);
    *text += size;
    *left -= size;
}

/* The commands in @text, one name per reply that is due: the agent answers a broken request too,
 * with one error. */
static GPtrArray *commands_in(const char *text)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(VaWire) wire = va_wire_new();
    gsize left = strlen(text);
    VaDocument document;

    for (;;) {
        VaWireEvent event = va_wire_next(wire, &document, NULL);
        if (event == VA_WIRE_DOCUMENT)
            g_ptr_array_add(names, command_of(&document));
        else if (event == VA_WIRE_BROKEN)
            g_ptr_array_add(names, g_strdup("request"));
        else if (left > 0)
            feed(wire, &text, &left);
        else
            return names;
    }
}

static void send_all(Connection *connection, const GPtrArray *names, const char *line)
{
    for (guint i = 0; i < names->len; i++)
        connection_send(connection,
                        request_new_raw(g_ptr_array_index(names, i), i == 0 ? line : NULL));
}

static gboolean is_consent(const char *command, const GError *problem)
{
    return is_silent(command) && (g_error_matches(problem, FAILURE, FAILURE_TIMEOUT) ||
                                  g_error_matches(problem, FAILURE, FAILURE_CLOSED));
}

/* *refused is set if the reply is an error. */
static gboolean one_reply(Connection *connection, const char *command, gboolean *refused,
                          GError **error)
{
    g_autoptr(GError) problem = NULL;
    Reply reply;

    if (connection_receive(connection, CONNECTION_PAYLOAD_MAX, &reply, &problem)) {
        *refused = *refused || reply.error;
        return ctl_print_json(&reply, error);
    }
    if (!is_consent(command, problem)) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return FALSE;
    }
    return console_puts(CONSOLE_ERROR, "guestctl: no reply, which means that it was accepted\n",
                        error);
}

int ctl_raw(const Options *options, char **arguments, GError **error)
{
    g_autofree char *line = g_strconcat(arguments[0], "\n", NULL);
    g_autoptr(GPtrArray) names = commands_in(line);
    Options mine = *options;
    gboolean refused = FALSE;

    if (names->len == 0) {
        failure_set(error, FAILURE_USAGE, "not a complete JSON text");
        return -1;
    }
    if (mine.timeout == OPTIONS_NO_TIMEOUT && is_silent(g_ptr_array_index(names, names->len - 1)))
        mine.timeout = SILENT_SECONDS;
    g_autoptr(Connection) connection = ctl_connect(&mine, error);
    if (!connection)
        return -1;
    send_all(connection, names, line);
    for (guint i = 0; i < names->len; i++)
        if (!one_reply(connection, g_ptr_array_index(names, i), &refused, error))
            return -1;
    return refused ? EXIT_REFUSED : EXIT_DONE;
}
