/* SPDX-License-Identifier: Apache-2.0 */
#include "request.h"

#include "base64.h"
#include "json-text.h"

#include <string.h>

static Request *make(const char *command, GString *text)
{
    Request *request = g_new0(Request, 1);
    request->command = g_strdup(command);
    request->text = text;
    return request;
}

static void put_string(GString *out, const char *text)
{
    va_json_put_string(out, text, strlen(text));
}

Request *request_new(const char *command)
{
    GString *text = g_string_new("{\"execute\": ");
    put_string(text, command);
    return make(command, text);
}

Request *request_new_raw(const char *command, const char *text)
{
    return make(command, text ? g_string_new(text) : NULL);
}

void request_free(Request *request)
{
    if (!request)
        return;
    g_free(request->command);
    if (request->text)
        g_string_free(request->text, TRUE);
    g_free(request);
}

static GString *begin(Request *request, const char *name)
{
    g_string_append(request->text, request->has_arguments ? ", " : ", \"arguments\": {");
    request->has_arguments = TRUE;
    put_string(request->text, name);
    g_string_append(request->text, ": ");
    return request->text;
}

void request_add_string(Request *request, const char *name, const char *value)
{
    put_string(begin(request, name), value);
}

void request_add_strings(Request *request, const char *name, const char *const *values)
{
    GString *out = begin(request, name);
    g_string_append_c(out, '[');
    for (gsize i = 0; values[i]; i++) {
        if (i > 0)
            g_string_append(out, ", ");
        put_string(out, values[i]);
    }
    g_string_append_c(out, ']');
}

void request_add_integer(Request *request, const char *name, gint64 value)
{
    g_string_append_printf(begin(request, name), "%" G_GINT64_FORMAT, value);
}

void request_add_boolean(Request *request, const char *name, gboolean value)
{
    g_string_append(begin(request, name), value ? "true" : "false");
}

void request_add_bytes(Request *request, const char *name, const void *data, gsize size)
{
    GString *out = begin(request, name);
    g_string_append_c(out, '"');
    gsize start = out->len;
    g_string_set_size(out, start + VA_BASE64_LENGTH(size));
    va_base64_encode(data, size, out->str + start);
    g_string_append_c(out, '"');
}

void request_end(Request *request)
{
    g_string_append(request->text, request->has_arguments ? "}}\n" : "}\n");
}
