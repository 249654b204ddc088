/* SPDX-License-Identifier: Apache-2.0 */
#include "reply.h"

#include "failure.h"

#include <string.h>

gboolean reply_contradicts(const Reply *reply, GError **error, const char *what)
{
    return failure_set(error, FAILURE_PROTOCOL, "%s: the agent's reply makes no sense: %s",
                       reply->command, what);
}

static gboolean is_kind(const VaDocument *document, VaJson value, VaJsonKind kind)
{
    return value && va_json_kind(document, value) == kind;
}

gboolean reply_read(const VaDocument *document, const char *command, Reply *reply, GError **error)
{
    Reply read = {.command = command, .document = document};

    if (va_json_kind(document, 0) != VA_JSON_OBJECT)
        return reply_contradicts(&read, error, "it is not an object");
    read.value = va_json_member(document, 0, "return");
    read.error = va_json_member(document, 0, "error");
    if (!read.value == !read.error)
        return reply_contradicts(&read, error, "neither return nor error, or both");
    if (read.error && !reply_text(&read, read.error, "desc"))
        return reply_contradicts(&read, error, "an error without description");
    *reply = read;
    return TRUE;
}

gboolean reply_check(const Reply *reply, GError **error)
{
    if (!reply->error)
        return TRUE;
    const char *class = reply_text(reply, reply->error, "class");
    gboolean unknown = g_strcmp0(class, "CommandNotFound") == 0;
    return failure_set(error, unknown ? FAILURE_AGENT_UNKNOWN : FAILURE_AGENT, "%s: %s",
                       reply->command, reply_text(reply, reply->error, "desc"));
}

VaJson reply_member(const Reply *reply, VaJson object, const char *name)
{
    return is_kind(reply->document, object, VA_JSON_OBJECT)
               ? va_json_member(reply->document, object, name)
               : 0;
}

static gboolean lacks(const Reply *reply, const char *what, const char *name, GError **error)
{
    g_autofree char *problem = g_strdup_printf("no sound %s '%s'", what, name);
    return reply_contradicts(reply, error, problem);
}

gboolean reply_integer(const Reply *reply, gint64 *number, GError **error)
{
    return va_json_int64(reply->document, reply->value, number) ||
           reply_contradicts(reply, error, "not a number");
}

gboolean reply_find_integer(const Reply *reply, VaJson object, const char *name, gint64 *number)
{
    VaJson value = reply_member(reply, object, name);
    return value && va_json_int64(reply->document, value, number);
}

gboolean reply_find_double(const Reply *reply, VaJson object, const char *name, double *number)
{
    VaJson value = reply_member(reply, object, name);
    return value && va_json_double(reply->document, value, number);
}

gboolean reply_get_integer(const Reply *reply, const char *name, gint64 *number, GError **error)
{
    return reply_find_integer(reply, reply->value, name, number) ||
           lacks(reply, "number", name, error);
}

gboolean reply_get_boolean(const Reply *reply, const char *name, gboolean *value, GError **error)
{
    VaJson found = reply_member(reply, reply->value, name);
    if (!is_kind(reply->document, found, VA_JSON_TRUE) &&
        !is_kind(reply->document, found, VA_JSON_FALSE))
        return lacks(reply, "yes or no", name, error);
    *value = va_json_kind(reply->document, found) == VA_JSON_TRUE;
    return TRUE;
}

gboolean reply_get_bytes(const Reply *reply, const char *name, GBytes **bytes, GError **error)
{
    VaJson found = reply_member(reply, reply->value, name);
    if (found && !is_kind(reply->document, found, VA_JSON_STRING))
        return lacks(reply, "base64", name, error);
    g_autoptr(GBytes) decoded = found ? va_document_bytes(reply->document, found, NULL) : NULL;
    if (found && !decoded)
        return lacks(reply, "base64", name, error);
    *bytes = g_steal_pointer(&decoded);
    return TRUE;
}

const char *reply_text(const Reply *reply, VaJson object, const char *name)
{
    VaJson value = reply_member(reply, object, name);
    return is_kind(reply->document, value, VA_JSON_STRING) ? va_json_text(reply->document, value)
                                                           : NULL;
}

gboolean reply_is_true(const Reply *reply, VaJson object, const char *name)
{
    return is_kind(reply->document, reply_member(reply, object, name), VA_JSON_TRUE);
}

VaJson reply_first(const Reply *reply, VaJson list)
{
    return is_kind(reply->document, list, VA_JSON_ARRAY) ? reply_next(reply, list, list) : 0;
}

VaJson reply_next(const Reply *reply, VaJson list, VaJson item)
{
    const VaToken *tokens = reply->document->tokens;
    VaJson next = item == list ? list + 1 : tokens[item].next;
    return next < tokens[list].next ? next : 0;
}
