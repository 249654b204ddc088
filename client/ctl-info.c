/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"
#include "console.h"
#include "escape.h"
#include "failure.h"

#include <string.h>

static void put_command(GString *out, const Reply *reply, VaJson item)
{
    const char *name = reply_text(reply, item, "name");
    g_autofree char *shown = name ? escape_line(name, strlen(name)) : g_strdup("?");
    g_string_append_printf(out, "%-3s %s\n", reply_is_true(reply, item, "enabled") ? "on" : "off",
                           shown);
}

static char *as_text(const Reply *reply)
{
    GString *out = g_string_new("version ");
    const char *version = reply_text(reply, reply->value, "version");
    g_autofree char *shown = version ? escape_line(version, strlen(version)) : g_strdup("unknown");
    VaJson list = reply_member(reply, reply->value, "supported_commands");

    g_string_append_printf(out, "%s\n", shown);
    for (VaJson item = reply_first(reply, list); item; item = reply_next(reply, list, item))
        put_command(out, reply, item);
    return g_string_free(out, FALSE);
}

static gboolean print_text(const Reply *reply, GError **error)
{
    g_autofree char *text = as_text(reply);
    return console_puts(CONSOLE_OUT, text, error);
}

int ctl_info(const Options *options, char **arguments, GError **error)
{
    g_autoptr(Connection) connection = ctl_connect(options, error);
    Reply reply;
    if (!connection)
        return -1;
    Request *request = request_new("guest-info");
    request_end(request);
    if (!connection_call(connection, request, CONNECTION_REPLY_MAX, &reply, error))
        return -1;
    gboolean printed = options->json ? ctl_print_json(&reply, error) : print_text(&reply, error);
    return printed ? EXIT_DONE : -1;
}
