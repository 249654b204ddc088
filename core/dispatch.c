/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch.h"

#include "agent.h"
#include "error.h"
#include "json-text.h"
#include "log.h"

#include <string.h>

/* A name that the host sent, as much of it as an error should repeat. */
#define NAME_SHOWN_MAX 128

/* The part of @name that an error repeats. */
static char *shown(const char *name)
{
    gboolean fits = g_utf8_strlen(name, -1) <= NAME_SHOWN_MAX;
    return fits ? g_strdup(name) : g_utf8_substring(name, 0, NAME_SHOWN_MAX);
}

/* The members of the request itself, by their place in the document; 0 is absent. */
typedef struct {
    VaJson execute;
    VaJson arguments;
    VaJson id;
} Envelope;

static gboolean note_member(const VaDocument *document, VaJson name, Envelope *envelope,
                            GError **error)
{
    const char *text = va_json_text(document, name);
    VaJson value = name + 1;
    VaJsonKind kind = va_json_kind(document, value);

    if (strcmp(text, "id") == 0) {
        envelope->id = value;
    } else if (strcmp(text, "execute") == 0) {
        envelope->execute = value;
        return kind == VA_JSON_STRING ||
               va_fail(error, "QMP input member 'execute' must be a string");
    } else if (strcmp(text, "arguments") == 0) {
        envelope->arguments = value;
        return kind == VA_JSON_OBJECT ||
               va_fail(error, "QMP input member 'arguments' must be an object");
    } else {
        g_autofree char *name_shown = shown(text);
        return va_fail(error, "QMP input member '%s' is unexpected", name_shown);
    }
    return TRUE;
}

/* Reads all members even if one is wrong: `id` is echoed in any case, wherever it stands. */
static gboolean read_envelope(const VaDocument *document, Envelope *envelope, GError **error)
{
    if (va_json_kind(document, 0) != VA_JSON_OBJECT)
        return va_fail(error, "QMP input must be a JSON object");
    for (VaJson name = 1; name < document->n_tokens; name = document->tokens[name + 1].next)
        note_member(document, name, envelope, error && !*error ? error : NULL);
    if (*error)
        return FALSE;
    return envelope->execute || va_fail(error, "QMP input lacks member 'execute'");
}

static const VaCommand *look_up(const char *name, GError **error)
{
    const VaCommand *command = va_command_find(name);
    if (command && va_command_exists(command))
        return command;
    g_autofree char *name_shown = shown(name);
    g_set_error(error, VA_ERROR, VA_ERROR_COMMAND_NOT_FOUND, "The command %s has not been found",
                name_shown);
    return NULL;
}

static void decode_arguments(VaRequest *request, const VaDocument *document, VaJson arguments)
{
    static const VaType no_arguments = {.name = "", .kind = VA_KIND_STRUCT};
    static const VaDocument empty = {0};
    const VaType *type = request->command->in ? request->command->in : &no_arguments;

    request->call.in = va_decode(type, arguments ? document : &empty, arguments, &request->error);
    if (!request->command->in)
        g_clear_pointer(&request->call.in, g_free);
}

static gsize weigh(const VaDocument *document)
{
    const VaToken *last = &document->tokens[document->n_tokens - 1];
    return sizeof(VaRequest) + last->start + last->length + document->n_tokens * sizeof *last;
}

VaRequest *va_request_new(const VaDocument *document)
{
    VaRequest *request = g_new0(VaRequest, 1);
    Envelope envelope = {0};
    gboolean readable = read_envelope(document, &envelope, &request->error);

    request->weight = weigh(document);
    if (envelope.id) {
        g_autoptr(GString) id = g_string_new(NULL);
        va_json_write(document, envelope.id, id);
        request->id = g_string_free(g_steal_pointer(&id), FALSE);
    }
    if (readable)
        request->command = look_up(va_json_text(document, envelope.execute), &request->error);
    if (request->command)
        decode_arguments(request, document, envelope.arguments);
    return request;
}

VaRequest *va_request_broken(GError *error)
{
    VaRequest *request = g_new0(VaRequest, 1);
    request->error = error;
    request->weight = sizeof *request;
    return request;
}

static void clear_result(VaRequest *request)
{
    if (request->command && request->command->out)
        va_value_clear(request->command->out, &request->call.out);
}

void va_request_free(VaRequest *request)
{
    if (!request)
        return;
    if (request->command && request->command->in)
        va_type_free(request->command->in, request->call.in);
    clear_result(request);
    g_clear_error(&request->error);
    g_free(request->id);
    g_free(request);
}

gboolean va_request_is_sync(const VaRequest *request)
{
    return request->command && (request->command->flags & VA_COMMAND_SYNC);
}

gboolean va_request_is_in_order(const VaRequest *request)
{
    return request->command && (request->command->flags & VA_COMMAND_IN_ORDER);
}

gboolean va_request_changes(const VaRequest *request)
{
    return request->command && request->command->audit;
}

/* What changes the guest leaves a trace: the command and the one argument that says on what.  Never
 * file contents, input, or a program's arguments. */
static void audit(const VaRequest *request)
{
    const VaCommand *command = request->command;
    if (!command->audit)
        return;
    for (guint i = 0; command->in && i < command->in->n_members; i++) {
        const VaMember *member = &command->in->members[i];
        if (strcmp(member->name, command->audit) != 0 || member->kind != VA_KIND_STR)
            continue;
        const char *value = G_STRUCT_MEMBER(const char *, request->call.in, member->offset);
        g_autofree char *quoted = value ? va_log_quote(value) : g_strdup("(default)");
        g_info("%s: %s %s", command->name, member->name, quoted);
        return;
    }
    g_info("%s", command->name);
}

gboolean va_request_begin(VaRequest *request, VaAgent *agent)
{
    const VaCommand *command = request->command;
    if (!command)
        return FALSE;
    if (!va_policy_allows(va_agent_policy(agent), command)) {
        g_clear_error(&request->error);
        g_set_error(&request->error, VA_ERROR, VA_ERROR_COMMAND_NOT_FOUND,
                    "Command %s has been disabled: the command is not allowed", command->name);
    }
    if (request->error)
        return FALSE;
    audit(request);
    request->call.agent = agent;
    return !command->take || command->take(&request->call, &request->error);
}

gboolean va_request_at_once(VaRequest *request)
{
    const VaCommand *command = request->command;
    return command->at_once && command->at_once(&request->call);
}

gboolean va_request_wait(VaRequest *request, VaWake wake, gpointer data)
{
    const VaCommand *command = request->command;
    return command->wait && command->wait(&request->call, wake, data);
}

void va_request_run(VaRequest *request)
{
    request->command->run(&request->call, &request->error);
}

void va_request_end(VaRequest *request)
{
    const VaCommand *command = request->command;
    gboolean done = request->error == NULL;

    if (command->give)
        command->give(&request->call, done, done ? &request->error : NULL);
}

static void put_error(const GError *error, GString *text)
{
    gboolean not_found = g_error_matches(error, VA_ERROR, VA_ERROR_COMMAND_NOT_FOUND);
    g_string_append(text, "{\"error\": {\"class\": ");
    g_string_append(text, not_found ? "\"CommandNotFound\"" : "\"GenericError\"");
    g_string_append(text, ", \"desc\": ");
    va_json_put_string(text, error->message, strlen(error->message));
    g_string_append_c(text, '}');
}

static void put_result(const VaRequest *request, VaOutput *output)
{
    GString *text = va_output_text(output);
    if (request->command->flags & VA_COMMAND_DELIMITED)
        g_string_append_c(text, '\xff');
    g_string_append(text, "{\"return\": ");
    if (request->command->out)
        va_encode(request->command->out, &request->call.out, output);
    else
        g_string_append(text, "{}");
}

void va_request_reply(const VaRequest *request, VaOutput *output)
{
    if (request->error)
        put_error(request->error, va_output_text(output));
    else if (request->command->flags & VA_COMMAND_SILENT)
        return;
    else
        put_result(request, output);

    GString *text = va_output_text(output);
    if (request->id) {
        g_string_append(text, ", \"id\": ");
        g_string_append(text, request->id);
    }
    g_string_append(text, "}\n");
}
