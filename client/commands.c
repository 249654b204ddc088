/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"

#include "console.h"
#include "failure.h"

#define SOCKET_VARIABLE "GUESTCTL_SOCKET"

Connection *ctl_connect(const Options *options, GError **error)
{
    const char *address = options->socket ? options->socket : g_getenv(SOCKET_VARIABLE);
    if (address && *address)
        return connection_open(address, options->timeout, error);
    failure_set(error, FAILURE_USAGE, "which agent?  Give --socket or set " SOCKET_VARIABLE);
    return NULL;
}

gboolean ctl_print_json(const Reply *reply, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    va_json_write(reply->document, 0, out);
    g_string_append_c(out, '\n');
    return console_puts(CONSOLE_OUT, out->str, error);
}

gboolean ctl_check_text(const char *what, const char *text, GError **error)
{
    return g_utf8_validate(text, -1, NULL) ||
           failure_set(error, FAILURE_USAGE, "%s '%s' is not UTF-8", what, text);
}
